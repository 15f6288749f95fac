package dev.varve.identity.mail;

import java.io.IOException;

/// Takes a mail on its way.
@FunctionalInterface
interface MailDelivery {
  /// @throws IOException when it could not be handed over, and may be next time
  void deliver(Mail mail) throws IOException;
}
