/// What every stage speaks: ids, the clock, JSON and [Problem], the one kind of refusal.
///
/// In: nothing. Out: values without knowledge of models, storage or HTTP.
@NullMarked
package dev.varve.kernel;

import org.jspecify.annotations.NullMarked;
