/// The types of the GraphQL schema, made from a schema file, and what the fields at its roots mean ([TypeSystem]).
@NullMarked
package dev.varve.face.graphql.type;

import org.jspecify.annotations.NullMarked;
