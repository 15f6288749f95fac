/// What a face needs of HTTP: [Request], [Answer], [Route] and [Routes], streams and WebSockets, entity tags, and the one
/// place that turns a refusal into an answer ([ErrorAnswers]). No type of the server library stands in a signature, but for
/// the headers of an [Answer], which are kept as they are sent.
@NullMarked
package dev.varve.net.http;

import org.jspecify.annotations.NullMarked;
