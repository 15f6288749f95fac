package dev.varve.identity.mail;

import java.time.Instant;
import java.util.List;

/// The last mails, kept instead of sent: for whoever is writing the application.
public final class KeptMails {
  private final MailRows rows;

  KeptMails(MailRows rows) {
    this.rows = rows;
  }

  public record Kept(Instant at, Mail mail) {}

  /// Newest first.
  public List<Kept> all() {
    return rows.kept();
  }
}
