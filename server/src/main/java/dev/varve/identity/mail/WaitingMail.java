package dev.varve.identity.mail;

import java.time.Instant;
import java.util.Optional;

/// A mail that this process is to send, until the lease ends: then another may.
///
/// @param id the same whenever it is sent
/// @param mail nothing when it cannot be read: it was sealed under another secret, or altered
/// @param tries how often it was begun to be sent, this time too
record WaitingMail(
    String id, Optional<Mail> mail, Instant createdAt, int tries, String sender, Instant leaseEnd) {
  /// Without what it says, and to whom.
  @Override
  public String toString() {
    return "WaitingMail[%s]".formatted(id);
  }
}
