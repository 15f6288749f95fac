/// Who sends a request and how, when proxies stand in between ([Sender]): which of them are believed ([TrustedProxies]), and
/// what they tell, by headers ([Forwarded], [XForwarded]) or at the beginning of a connection ([Peers]), also of
/// the certificates that their clients showed ([ClientCert]).
///
/// In: the other end of a connection, and the headers of a request. Out: the client behind both.
@NullMarked
package dev.varve.net.proxy;

import org.jspecify.annotations.NullMarked;
