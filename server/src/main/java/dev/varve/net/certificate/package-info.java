/// Certificates of the listener, as they are at the moment ([Certificates]): from files that somebody else renews
/// ([WatchedFiles]), from an authority that speaks ACME ([AcmeCertificates]), or for one machine alone ([LocalCertificate]);
/// and what TLS is spoken with them ([TlsContext]), or to other servers ([OutgoingTls]). Which
/// certificates of clients are taken, [ClientTrust] says. Knows no sockets.
///
/// In: the settings under `http.tls`, files, an authority. Out: an engine for each new connection, what an authority is
/// shown, and what is wrong with a certificate in words for an operator.
@NullMarked
package dev.varve.net.certificate;

import org.jspecify.annotations.NullMarked;
