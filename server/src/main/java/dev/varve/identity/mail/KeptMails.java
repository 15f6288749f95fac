package dev.varve.identity.mail;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The last mails, kept in memory instead of sent: for whoever is writing the application.
public final class KeptMails implements MailDelivery {
  private static final int MAILS_MAX = 100;

  private final Clock clock;
  private final Deque<Kept> mails = new ArrayDeque<>();

  KeptMails(Clock clock) {
    this.clock = clock;
  }

  public record Kept(Instant at, Mail mail) {}

  @Override
  public synchronized void deliver(Mail mail) {
    if (mails.size() == MAILS_MAX) {
      mails.removeLast();
    }
    mails.addFirst(new Kept(clock.instant(), mail));
  }

  /// Newest first.
  public synchronized List<Kept> all() {
    return List.copyOf(mails);
  }
}
