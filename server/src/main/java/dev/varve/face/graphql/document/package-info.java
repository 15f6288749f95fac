/// Documents: parsed and validated by graphql-java, held against limits and the list of allowed operations, and every
/// mistake in them said in words that name the way out ([Documents]).
@NullMarked
package dev.varve.face.graphql.document;

import org.jspecify.annotations.NullMarked;
