/// Calls to servers that others name: a client that says where its description is, a provider of sign-in. Whoever names one must not
/// reach through this server what they do not reach themselves.
///
/// In: a [Call]. Out: a [Reply], or [CallFailed], which says why there is none. [OutgoingCalls] makes them: over TLS, to addresses that
/// anybody can reach and to networks of [OutgoingSettings] ([ReachableAddresses]), without following redirects, and within bounds on
/// time, bytes and number. A name is looked up once, and the connection goes to the address that was looked at. [ReplyReader] reads what
/// comes back.
///
/// Services behind the gateway are no such servers: whoever runs this one names them.
@NullMarked
package dev.varve.net.outgoing;

import org.jspecify.annotations.NullMarked;
