/// The listener: routes, limits, the request context, and the one place that turns a refusal into a
/// response.
///
/// In: requests. Out: answers in the one shape.
@NullMarked
package dev.varve.http;

import org.jspecify.annotations.NullMarked;
