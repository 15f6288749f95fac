/// The schema file, read and linted.
///
/// In: the text of `schema.graphql`. Out: a [dev.varve.schema.Schema], or every mistake in the file at once, each with its
/// place and what to write instead ([SchemaParser]).
@NullMarked
package dev.varve.schema.sdl;

import org.jspecify.annotations.NullMarked;
