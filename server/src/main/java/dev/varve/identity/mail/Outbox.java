package dev.varve.identity.mail;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.WriteContext;
import dev.varve.telemetry.Metrics;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Mails that wait to be sent, as rows that are written in the unit which causes them: what is answered is written, and what is written
/// is sent, by whichever process is there, at least once. No answer waits for a mail server: how long it takes would tell who has an
/// account.
public final class Outbox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  private final MailRows rows;
  private final MailMeasures measures;
  private final Optional<MailSender> sender;
  private final Optional<KeptMails> kept;
  private final AtomicBoolean toldOfNoRoom = new AtomicBoolean();

  private Outbox(
      MailRows rows, MailMeasures measures, Optional<MailSender> sender, Optional<KeptMails> kept) {
    this.rows = rows;
    this.measures = measures;
    this.sender = sender;
    this.kept = kept;
  }

  /// Sends mails as the settings say. Without a mail server none can be sent.
  ///
  /// @param password of the user at the mail server; empty for none
  /// @param process names this one among others that send
  public static Outbox sending(
      MailSettings settings, String password, MailRows rows, String process, Metrics metrics) {
    MailMeasures measures = MailMeasures.of(metrics);
    if (settings.host().isEmpty()) {
      LOG.warn(
          "No mail can be sent: sign-up with verification, forgotten passwords and changes of e-mail answer 503."
              + " Set mail.host and mail.from in varve.yaml");
      return new Outbox(rows, measures, Optional.empty(), Optional.empty());
    }
    MailSender sender =
        new MailSender(new SmtpDelivery(settings, password), rows, process, measures);
    return new Outbox(rows, measures, Optional.of(sender), Optional.empty());
  }

  /// Keeps mails, to be looked at.
  public static Outbox keeping(MailRows rows, Metrics metrics) {
    return new Outbox(
        rows, MailMeasures.of(metrics), Optional.empty(), Optional.of(new KeptMails(rows)));
  }

  /// Tells how much waits whenever somebody asks.
  public Outbox measuredBy(Metrics metrics) {
    metrics.gauge(
        "varve_mails_waiting",
        "Mails that wait to be sent.",
        () -> sender.map(MailSender::waiting).orElse(0));
    metrics.gauge(
        "varve_mails_oldest_seconds",
        "How long the oldest mail has waited to be sent.",
        () -> sender.map(MailSender::oldestSeconds).orElse(0.0));
    return this;
  }

  /// From now on it is this that writes what becomes of mails. The first time, mails begin to leave.
  public void serve(Sequencer sequencer) {
    sender.ifPresent(known -> known.serve(sequencer));
  }

  public Optional<KeptMails> kept() {
    return kept;
  }

  /// @throws Problem MAIL_UNAVAILABLE when no mail can be sent, to anybody
  public void requireMail() {
    if (kept.isPresent()) {
      return;
    }
    if (sender.isEmpty()) {
      throw new Problem(
          ErrorCode.MAIL_UNAVAILABLE,
          "This needs a mail, and no mail server is set: whoever runs this service can, with mail.host");
    }
    if (sender.get().waiting() >= MailRows.WAITING_MAX) {
      throw new Problem(
          ErrorCode.MAIL_UNAVAILABLE,
          "This needs a mail, and as many wait for the mail server as can be kept: try again later");
    }
  }

  /// Sends a mail soon after the unit that causes it is written, if mails can be sent; one that is kept is there then.
  ///
  /// @param goodFor how long it is of use: one that could not be sent by then is not sent
  public void add(WriteContext write, Mail mail, Duration goodFor) throws SQLException {
    if (kept.isPresent()) {
      rows.keep(write, mail);
    } else if (sender.isPresent()) {
      told(rows.add(write, mail, goodFor));
    }
  }

  /// Writes as much as a mail takes where there is none.
  public void addNothing(WriteContext write) throws SQLException {
    if (sender.isPresent()) {
      rows.addNothing(write);
    }
  }

  private void told(boolean room) {
    if (room) {
      toldOfNoRoom.set(false);
      return;
    }
    measures.dropped().add();
    if (!toldOfNoRoom.getAndSet(true)) {
      LOG.error(
          "{} mails wait already: from now on they are dropped. Look after the mail server",
          MailRows.WAITING_MAX);
    }
  }

  /// Finishes the mail that is being sent. What waits is sent when the process is there again, or by another.
  @Override
  public void close() {
    sender.ifPresent(MailSender::close);
  }
}
