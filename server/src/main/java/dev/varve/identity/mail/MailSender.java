package dev.varve.identity.mail;

import dev.varve.kernel.Pauses;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.WriterTask;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that sends what waits. It takes a few mails for itself, for as long as a lease lasts, sends one after another, and
/// removes each that the mail server has taken. A process that ends in between leaves them to others when the lease is over.
///
/// A mail that the mail server does not take is tried again, each time later, and given up in the end. While the mail server takes none
/// at all nothing is given up: mails wait until it is back, or until they are of no use.
final class MailSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MailSender.class);
  private static final String ACTOR = "varve";
  private static final String REQUEST = "outbox";
  private static final long LOOK_MILLIS = 500;
  // over one connection
  private static final int TAKEN_MAX = 20;
  // connecting and each answer may take ten seconds, and a mail takes six answers
  private static final Duration DELIVERY_MAX = Duration.ofMinutes(1);
  private static final Duration LEASE = Duration.ofMinutes(3);
  // one that is not taken within two days has something wrong with it
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofMinutes(2),
          Duration.ofMinutes(10),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(6),
          Duration.ofHours(12),
          Duration.ofHours(24));
  private static final long AWAY_MILLIS_MAX = 30_000;
  private static final long SETTLE_MILLIS = 200;
  private static final Duration CLOSING_MAX = Duration.ofSeconds(5);

  private final MailDelivery delivery;
  private final MailRows rows;
  private final String process;
  private final MailMeasures measures;
  private final Pauses pauses = new Pauses();
  private final Thread thread = Thread.ofVirtual().name("varve-outbox").unstarted(this::run);
  private volatile @Nullable Sequencer sequencer;
  private volatile MailRows.Backlog backlog = MailRows.Backlog.NONE;
  // of the thread: how long until a mail server that takes nothing is asked again
  private long awayMillis;
  // of the thread: whether the last look failed, or what it wanted to write could not be written
  private boolean blind;
  private boolean mute;

  /// @param process names this one among others that send
  MailSender(MailDelivery delivery, MailRows rows, String process, MailMeasures measures) {
    this.delivery = delivery;
    this.rows = rows;
    this.process = process;
    this.measures = measures;
  }

  void serve(Sequencer by) {
    boolean first = sequencer == null;
    sequencer = by;
    if (first) {
      thread.start();
    }
  }

  /// How many waited when somebody looked last.
  int waiting() {
    return backlog.mails();
  }

  double oldestSeconds() {
    return backlog
        .oldest()
        .map(at -> Math.max(0, Duration.between(at, clock().instant()).toMillis() / 1_000.0))
        .orElse(0.0);
  }

  private Clock clock() {
    return rows.clock();
  }

  private void run() {
    try {
      if (!rows.areShared()) {
        giveBackAll();
      }
      while (pauses.pause(Duration.ofMillis(Math.max(LOOK_MILLIS, awayMillis)))) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // that is how it ends
    }
  }

  /// Nobody else sends: whoever was sending has ended.
  private void giveBackAll() {
    attempt(write -> {
      MailRows.giveBackAll(write);
      return true;
    });
  }

  private void look() throws InterruptedException {
    try {
      backlog = rows.backlog();
      if (backlog.isExpired()) {
        expire();
      }
      while (backlog.isDue() && isOpen() && sendSome()) {
        backlog = rows.backlog();
      }
      blind = false;
    } catch (RuntimeException e) {
      if (!blind) {
        LOG.error("Mails that wait cannot be looked at; it is tried again", e);
      }
      blind = true;
    }
  }

  private boolean isOpen() {
    return pauses.goOn();
  }

  private void expire() {
    int expired = attempt(MailRows::expire).orElse(0);
    if (expired > 0) {
      measures.expired().add(expired);
      LOG.warn(
          "{} mails were of no use any more before they could be sent: look after the mail server",
          expired);
    }
  }

  /// Takes mails once there is a mail server to take them to.
  ///
  /// @return whether there may be more to send
  private boolean sendSome() throws InterruptedException {
    try (MailDelivery.Line line = delivery.open()) {
      List<WaitingMail> taken =
          attempt(write -> rows.take(write, process, TAKEN_MAX, LEASE)).orElse(List.of());
      send(line, taken);
      return !taken.isEmpty();
    } catch (MailFailed e) {
      away(e.reason());
      return false;
    }
  }

  /// @throws MailFailed AWAY
  private void send(MailDelivery.Line line, List<WaitingMail> mails)
      throws MailFailed, InterruptedException {
    int begun = 0;
    try {
      while (begun < mails.size() && line.isOpen() && isTime(mails.get(begun))) {
        begun++;
        send(line, mails.get(begun - 1));
      }
    } catch (MailFailed e) {
      // which is no fault of the mail: it goes back with the others
      begun--;
      throw e;
    } finally {
      giveBack(mails.subList(begun, mails.size()));
    }
  }

  private boolean isTime(WaitingMail mail) {
    return isOpen() && clock().instant().plus(DELIVERY_MAX).isBefore(mail.leaseEnd());
  }

  /// @throws MailFailed AWAY
  private void send(MailDelivery.Line line, WaitingMail mail)
      throws MailFailed, InterruptedException {
    if (mail.mail().isEmpty()) {
      failed(mail, "it cannot be read: it was sealed under another secret");
      return;
    }
    try {
      line.send(mail.id(), mail.mail().get(), mail.createdAt());
      measures.sent().add();
      remove(mail);
    } catch (MailFailed e) {
      switch (e.kind()) {
        case AWAY -> throw e;
        case LATER -> failed(mail, e.reason());
        case NEVER -> giveUp(mail, e.reason());
      }
    }
    back();
  }

  private void failed(WaitingMail mail, String reason) throws InterruptedException {
    if (mail.tries() > PAUSES.size()) {
      giveUp(mail, reason);
      return;
    }
    measures.putOff().add();
    Instant next = clock().instant().plus(PAUSES.get(mail.tries() - 1));
    LOG.warn("The mail {} was not taken: {}. It is sent again at {}", mail.id(), reason, next);
    settle(
        mail,
        write -> {
          MailRows.putOff(write, mail, next);
          return true;
        });
  }

  private void giveUp(WaitingMail mail, String reason) throws InterruptedException {
    measures.givenUp().add();
    LOG.error("The mail {} was given up after {} tries: {}", mail.id(), mail.tries(), reason);
    remove(mail);
  }

  private void remove(WaitingMail mail) throws InterruptedException {
    settle(
        mail,
        write -> {
          MailRows.remove(write, mail);
          return true;
        });
  }

  private void giveBack(List<WaitingMail> mails) {
    if (!mails.isEmpty()) {
      List<WaitingMail> left = List.copyOf(mails);
      attempt(write -> {
        MailRows.giveBack(write, left);
        return true;
      });
    }
  }

  private void away(String reason) {
    if (awayMillis == 0) {
      LOG.warn("The mail server takes no mails ({}): they wait, and it is asked again", reason);
    }
    awayMillis = Math.min(Math.max(LOOK_MILLIS, awayMillis * 2), AWAY_MILLIS_MAX);
  }

  private void back() {
    if (awayMillis > 0) {
      LOG.info("The mail server takes mails again");
    }
    awayMillis = 0;
  }

  /// Writes what came of a mail, for as long as nobody else would send it: else it would be sent twice.
  private void settle(WaitingMail mail, WriterTask<Boolean> task) throws InterruptedException {
    long end = System.nanoTime() + LEASE.minus(DELIVERY_MAX).toNanos();
    while (attempt(task).isEmpty() && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
    }
    LOG.debug("The mail {} is settled", mail.id());
  }

  /// @return nothing when it could not be written now
  private <T> Optional<T> attempt(WriterTask<T> task) {
    try {
      T written = Objects.requireNonNull(sequencer).submit(ACTOR, REQUEST, task);
      mute = false;
      return Optional.of(written);
    } catch (RuntimeException e) {
      if (!mute) {
        LOG.warn("What becomes of mails cannot be written; it is tried again", e);
      }
      mute = true;
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    pauses.close(thread, CLOSING_MAX);
  }
}
