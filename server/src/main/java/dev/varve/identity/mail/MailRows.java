package dev.varve.identity.mail;

import dev.varve.identity.token.Seal;
import dev.varve.kernel.Json;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The rows of mails, each sealed: whoever has the database alone reads no address and no link. A row is written in the unit that
/// causes its mail, so that there is none without the other, and removed when the mail is on its way.
///
/// ```
/// add -> waits -> take -> is being sent -> sent: removed
///          ^                  |-> not taken by the mail server: waits for longer
///          +------------------+-> nobody says what came of it, until the lease ends
/// ```
public final class MailRows {
  /// Nobody looks after a mail server for longer than it takes to fill them. About 2 KiB each.
  static final int WAITING_MAX = 10_000;

  // while somebody writes an application
  private static final int KEPT_MAX = 100;
  // the instant of what is kept, and never sent
  private static final long NEVER = Long.MAX_VALUE;
  // more than are added with each, and few enough that no write is slow
  private static final int PRUNED_MAX = 20;
  // about as long as a mail
  private static final int NOTHING_BYTES = 700;
  private static final String WAITS = "next_at < " + NEVER + " AND expires_at > created_at";
  private static final String OWN = " WHERE id = ? AND sender = ? AND tries = ?";

  private final Database database;
  private final Supplier<Seal> seal;
  private final Clock clock;
  private final Supplier<String> ids;

  /// @param seal asked for when there is something to seal or to open
  public MailRows(Database database, Supplier<Seal> seal, Clock clock, Supplier<String> ids) {
    this.database = database;
    this.seal = seal;
    this.clock = clock;
    this.ids = ids;
  }

  Clock clock() {
    return clock;
  }

  /// Whether other processes may send them too.
  boolean areShared() {
    return database.isShared();
  }

  /// Adds a mail to those that wait.
  ///
  /// @param goodFor how long it is of use
  /// @return whether there was room
  boolean add(WriteContext write, Mail mail, Duration goodFor) throws SQLException {
    prune(write);
    if (waiting(write) >= WAITING_MAX) {
      return false;
    }
    long now = SqlValues.micros(write.at());
    insert(write, content(mail), now, SqlValues.micros(write.at().plus(goodFor)), now);
    return true;
  }

  /// Writes as much as a mail takes where there is none, so that how long it takes does not tell.
  void addNothing(WriteContext write) throws SQLException {
    prune(write);
    waiting(write);
    long now = SqlValues.micros(write.at());
    insert(write, new byte[NOTHING_BYTES], now, now, now);
  }

  /// Adds a mail that is not to be sent, in the place of the oldest one of too many.
  void keep(WriteContext write, Mail mail) throws SQLException {
    insert(write, content(mail), SqlValues.micros(write.at()), NEVER, NEVER);
    write
        .session()
        .update(
            "DELETE FROM varve_outbox WHERE next_at = ? AND id NOT IN"
                + " (SELECT id FROM varve_outbox WHERE next_at = ? ORDER BY created_at DESC, id DESC LIMIT ?)",
            List.of(NEVER, NEVER, KEPT_MAX));
  }

  private void insert(
      WriteContext write, byte[] content, long createdAt, long expiresAt, long nextAt)
      throws SQLException {
    String id = ids.get();
    write
        .session()
        .update(
            "INSERT INTO varve_outbox (id, content, created_at, expires_at, tries, next_at)"
                + " VALUES (?, ?, ?, ?, 0, ?)",
            List.of(id, seal.get().close(content, covered(id)), createdAt, expiresAt, nextAt));
  }

  private static void prune(WriteContext write) throws SQLException {
    write
        .session()
        .update(
            "DELETE FROM varve_outbox WHERE id IN"
                + " (SELECT id FROM varve_outbox WHERE expires_at <= ? AND expires_at = created_at LIMIT ?)",
            List.of(SqlValues.micros(write.at()), PRUNED_MAX));
  }

  private static long waiting(WriteContext write) throws SQLException {
    return write
        .session()
        .first(
            "SELECT COUNT(*) FROM (SELECT 1 FROM varve_outbox WHERE %s LIMIT ?) AS waiting"
                .formatted(WAITS),
            List.of(WAITING_MAX),
            row -> row.getLong(1))
        .orElseThrow();
  }

  /// What waits.
  ///
  /// @param oldest when the oldest one of them was written
  /// @param isDue whether one is to be sent
  /// @param isExpired whether one is of no use any more
  record Backlog(int mails, Optional<Instant> oldest, boolean isDue, boolean isExpired) {
    static final Backlog NONE = new Backlog(0, Optional.empty(), false, false);
  }

  Backlog backlog() {
    long now = SqlValues.micros(clock.instant());
    return database.<Backlog>read(session ->
        session
            .first(
                "SELECT COUNT(*), MIN(created_at), MIN(next_at), MIN(expires_at) FROM"
                    + " (SELECT created_at, next_at, expires_at FROM varve_outbox WHERE %s LIMIT ?) AS waiting"
                        .formatted(WAITS),
                List.of(WAITING_MAX),
                row -> backlog(row, now))
            .orElse(Backlog.NONE));
  }

  private static Backlog backlog(ResultSet row, long now) throws SQLException {
    int mails = row.getInt(1);
    return mails == 0
        ? Backlog.NONE
        : new Backlog(
            mails,
            Optional.of(SqlValues.instant(row.getLong(2))),
            row.getLong(3) <= now,
            row.getLong(4) <= now);
  }

  /// Removes those that are of no use any more.
  ///
  /// @return how many
  static int expire(WriteContext write) throws SQLException {
    return write
        .session()
        .update(
            "DELETE FROM varve_outbox WHERE expires_at <= ? AND expires_at > created_at",
            List.of(SqlValues.micros(write.at())));
  }

  /// Takes some of those that are due, the longest due first. Whoever takes does so on the one lane that writes, so that no other does.
  ///
  /// @param sender the process that is going to send them
  /// @param lease how long it has them for itself
  List<WaitingMail> take(WriteContext write, String sender, int most, Duration lease)
      throws SQLException {
    Session session = write.session();
    long now = SqlValues.micros(write.at());
    Instant end = SqlValues.instant(now).plus(lease);
    List<WaitingMail> due =
        session.list(
            "SELECT id, content, created_at, tries FROM varve_outbox WHERE next_at <= ? AND expires_at > ?"
                + " ORDER BY next_at, created_at, id LIMIT ?",
            List.of(now, now, most),
            row ->
                new WaitingMail(
                    row.getString(1),
                    mail(row.getString(1), row.getBytes(2)),
                    SqlValues.instant(row.getLong(3)),
                    row.getInt(4) + 1,
                    sender,
                    end));
    for (WaitingMail mail : due) {
      session.update(
          "UPDATE varve_outbox SET sender = ?, tries = ?, next_at = ? WHERE id = ?",
          List.of(sender, mail.tries(), SqlValues.micros(end), mail.id()));
    }
    return due;
  }

  /// Removes one that was sent, or is not sent any more, unless somebody else has it by now.
  static void remove(WriteContext write, WaitingMail mail) throws SQLException {
    write
        .session()
        .update("DELETE FROM varve_outbox" + OWN, List.of(mail.id(), mail.sender(), mail.tries()));
  }

  /// Notes that the mail server did not take one.
  static void putOff(WriteContext write, WaitingMail mail, Instant next) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_outbox SET sender = NULL, next_at = ?" + OWN,
            List.of(SqlValues.micros(next), mail.id(), mail.sender(), mail.tries()));
  }

  /// Gives back what was not begun to be sent.
  static void giveBack(WriteContext write, List<WaitingMail> mails) throws SQLException {
    for (WaitingMail mail : mails) {
      write
          .session()
          .update(
              "UPDATE varve_outbox SET sender = NULL, tries = tries - 1, next_at = ?" + OWN,
              List.of(SqlValues.micros(write.at()), mail.id(), mail.sender(), mail.tries()));
    }
  }

  /// Gives back what a process was sending that has ended.
  static void giveBackAll(WriteContext write) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_outbox SET sender = NULL, next_at = ? WHERE sender IS NOT NULL",
            List.of(SqlValues.micros(write.at())));
  }

  /// Those that are kept, the newest first.
  List<KeptMails.Kept> kept() {
    return database
        .<List<Optional<KeptMails.Kept>>>read(session ->
            session.list(
                "SELECT id, content, created_at FROM varve_outbox WHERE next_at = ? ORDER BY created_at DESC, id DESC",
                List.of(NEVER),
                row -> {
                  Instant at = SqlValues.instant(row.getLong(3));
                  return mail(row.getString(1), row.getBytes(2))
                      .map(mail -> new KeptMails.Kept(at, mail));
                }))
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /// What is sealed in one row is worth nothing in another.
  private static byte[] covered(String id) {
    return id.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] content(Mail mail) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("to", mail.to());
    members.put("subject", mail.subject());
    members.put("text", mail.text());
    mail.token().ifPresent(token -> members.put("token", token));
    return Json.bytes(json -> Json.write(json, members));
  }

  private Optional<Mail> mail(String id, byte[] sealed) {
    try {
      return Json.read(seal.get().open(sealed, covered(id))) instanceof Map<?, ?> members
          ? Optional.of(
              new Mail(
                  text(members.get("to")),
                  text(members.get("subject")),
                  text(members.get("text")),
                  Optional.ofNullable(members.get("token")).map(String::valueOf)))
          : Optional.empty();
    } catch (Seal.Broken e) {
      return Optional.empty();
    }
  }

  private static String text(@Nullable Object member) {
    return member == null ? "" : member.toString();
  }
}
