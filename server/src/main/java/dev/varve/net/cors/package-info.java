/// Which pages of other origins may call, and what browsers are told of it ([Cors]): a list of origins ([AllowedOrigins]),
/// set by [CorsSettings]. The same list holds for streams and WebSockets.
///
/// In: the headers of a request. Out: the answer to a preflight, headers of every other answer, or a refusal.
@NullMarked
package dev.varve.net.cors;

import org.jspecify.annotations.NullMarked;
