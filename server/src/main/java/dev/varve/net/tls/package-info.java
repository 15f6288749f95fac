/// TLS as it is spoken on a connection ([SecureChannel]), with buffers lent for each record ([RecordBuffers]), and what
/// browsers are told to speak from then on ([StrictTransport]). Which certificate is shown, and with which suites, is for
/// `net.certificate` to say.
///
/// In: an engine, and the bytes of a connection. Out: what the client said, and encrypted what it is told.
@NullMarked
package dev.varve.net.tls;

import org.jspecify.annotations.NullMarked;
