package dev.varve.identity.mail;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Mails that wait to be sent. No answer waits for a mail server: how long it takes would tell who has an account.
///
/// What waits is lost when the process ends; whoever waits for a mail asks for another.
public final class Outbox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final int WAITING_MAX = 1_000;
  private static final List<Duration> RETRIES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1));
  private static final Duration CLOSING_MAX = Duration.ofSeconds(5);
  private static final long IDLE_MILLIS = 200;

  private final Optional<MailDelivery> delivery;
  private final Optional<KeptMails> kept;
  private final BlockingQueue<Mail> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread thread = Thread.ofVirtual().name("varve-outbox").unstarted(this::run);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Outbox(Optional<MailDelivery> delivery, Optional<KeptMails> kept) {
    this.delivery = delivery;
    this.kept = kept;
    thread.start();
  }

  /// Sends mails as the settings say. Without a mail server none can be sent.
  ///
  /// @param password of the user at the mail server; empty for none
  public static Outbox sending(MailSettings settings, String password, Clock clock) {
    if (settings.host().isEmpty()) {
      LOG.warn(
          "No mail can be sent: sign-up with verification, forgotten passwords and changes of e-mail answer 503."
              + " Set mail.host and mail.from in varve.yaml");
      return new Outbox(Optional.empty(), Optional.empty());
    }
    return new Outbox(Optional.of(new SmtpDelivery(settings, password, clock)), Optional.empty());
  }

  /// Keeps mails in memory, to be looked at.
  public static Outbox keeping(Clock clock) {
    KeptMails kept = new KeptMails(clock);
    return new Outbox(Optional.of(kept), Optional.of(kept));
  }

  public Optional<KeptMails> kept() {
    return kept;
  }

  /// @throws Problem MAIL_UNAVAILABLE when no mail can be sent, to anybody
  public void requireMail() {
    if (delivery.isEmpty()) {
      throw new Problem(
          ErrorCode.MAIL_UNAVAILABLE,
          "This needs a mail, and no mail server is set: whoever runs this service can, with mail.host");
    }
  }

  /// Sends a mail soon, if mails can be sent; one that is kept is there at once.
  public void send(Mail mail) {
    if (kept.isPresent()) {
      kept.get().deliver(mail);
      return;
    }
    if (delivery.isPresent() && !waiting.offer(mail)) {
      LOG.error("{} mails wait already: one is dropped. Look after the mail server", WAITING_MAX);
    }
  }

  private void run() {
    while (closed.getCount() > 0 || !waiting.isEmpty()) {
      try {
        Mail mail = waiting.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (mail != null) {
          deliver(mail);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("A mail could not be sent", e);
      }
    }
  }

  private void deliver(Mail mail) throws InterruptedException {
    for (Duration pause : RETRIES) {
      if (delivered(mail)) {
        return;
      }
      if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    if (!delivered(mail)) {
      LOG.error("A mail was given up: the mail server did not take it");
    }
  }

  private boolean delivered(Mail mail) {
    try {
      delivery.orElseThrow().deliver(mail);
      return true;
    } catch (IOException e) {
      LOG.warn("A mail could not be sent: {}", String.valueOf(e.getCause()));
      return false;
    }
  }

  /// Sends what waits, for a moment.
  @Override
  public void close() {
    closed.countDown();
    try {
      if (!thread.join(CLOSING_MAX)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
