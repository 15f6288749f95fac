/// Who may do what: the rules of the schema, compiled, and the one place that says yes.
///
/// In: a caller and what it asks for. Out: [Authorized], which only this package can make and without
/// which neither the write nor the read lane does anything.
@NullMarked
package dev.varve.access;

import org.jspecify.annotations.NullMarked;
