/// One operation, from its document to its response ([Operations]). It is planned as a whole ([Planner]), so that the read
/// lane answers it from one snapshot with one query for each relation; the answer is shaped from what was read
/// ([Completion]). The fields of a mutation are one unit of work ([Mutations]). A subscription is such an operation once
/// more for each change ([ChangeView]).
@NullMarked
package dev.varve.face.graphql.operation;

import org.jspecify.annotations.NullMarked;
