package dev.varve.identity.mail;

import java.time.Instant;

/// Takes mails on their way, one line after the other.
interface MailDelivery {
  /// @throws MailFailed AWAY
  Line open() throws MailFailed;

  /// A connection over which mails go, one after another.
  interface Line extends AutoCloseable {
    /// @param id the same whenever it is sent, by which whoever gets it twice can tell
    /// @param at when it was written
    void send(String id, Mail mail, Instant at) throws MailFailed;

    /// Whether another one may be sent over it.
    boolean isOpen();

    @Override
    void close();
  }
}
