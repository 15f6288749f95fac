/// What every stage speaks: ids, the clock, JSON, [Problem], the one kind of refusal that callers get, and [Allowance], what a request may
/// hold in memory.
///
/// In: nothing. Out: values without knowledge of models, storage or HTTP.
@NullMarked
package dev.varve.kernel;

import org.jspecify.annotations.NullMarked;
