/// The listener: connections, protocols and deadlines, which proxies are trusted, how much may be under way at a time, and
/// the one place where a request comes in and its answer goes out ([Dispatcher]). Here alone connections and requests of
/// the server library are known; it implements what `net.http` states.
///
/// In: bytes from clients. Out: a [dev.varve.net.http.Request] for a handler, and its answer as bytes.
@NullMarked
package dev.varve.net.edge;

import org.jspecify.annotations.NullMarked;
