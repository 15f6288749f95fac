/// The listener: connections, protocols, and the one place where a request comes in and its answer goes out
/// ([Dispatcher]). Here alone connections and requests of the server library are
/// known whole; it implements what `net.http` states, and asks the rooms beside it for what they know: `net.proxy` who sends,
/// `net.tls` what is encrypted, `net.admission` whose turn it is, `net.cors` which pages may ask, `net.limit` how often, `net.compression` how an answer travels.
///
/// In: bytes from clients. Out: a [dev.varve.net.http.Request] for a handler, and its answer as bytes.
@NullMarked
package dev.varve.net.edge;

import org.jspecify.annotations.NullMarked;
