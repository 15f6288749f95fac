/// The schema file and what it means.
///
/// In: the text of `schema.graphql`. Out: an immutable [Schema] of models, fields and rules, or every
/// mistake in the file at once; values read, checked and written by the type of their field; what a
/// changed file would do to stored data.
@NullMarked
package dev.varve.schema;

import org.jspecify.annotations.NullMarked;
