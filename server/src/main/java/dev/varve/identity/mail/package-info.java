/// Mails on their way: kept to be looked at while an application is written, or handed to a mail server.
///
/// In: a [Mail]. Out: its delivery, later and never in the way of an answer ([Outbox]).
@NullMarked
package dev.varve.identity.mail;

import org.jspecify.annotations.NullMarked;
