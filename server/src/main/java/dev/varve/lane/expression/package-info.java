/// CEL expressions checked against a model.
///
/// In: an expression as text, the model it speaks of. Out: a [Predicate] that gives the same answer on
/// one record in memory and as an SQL condition over a table, or a message with line and column.
@NullMarked
package dev.varve.lane.expression;

import org.jspecify.annotations.NullMarked;
