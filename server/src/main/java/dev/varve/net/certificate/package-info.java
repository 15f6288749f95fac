/// Certificates of the listener: read from files and kept up to date, and what TLS is spoken with them ([Certificates]).
/// Knows no HTTP and no sockets.
///
/// In: the settings under `http.tls`, files. Out: an engine for each new connection, and what is wrong with a
/// certificate in words for an operator.
@NullMarked
package dev.varve.net.certificate;

import org.jspecify.annotations.NullMarked;
