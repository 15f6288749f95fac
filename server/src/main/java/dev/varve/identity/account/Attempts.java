package dev.varve.identity.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The one place that counts attempts to prove something, over every way in. An attempt is counted before anything is
/// looked at, and taken back when it succeeds, so that guesses made side by side are counted like any others.
///
/// Counted are an e-mail address together with the network it is tried from, each of the two alone, and the mails that
/// a network asks for. Beyond its free attempts each further one locks what it was counted for, each time for twice as
/// long. An e-mail address counts whether there is such an account or not.
///
/// | counted for | free attempts | then locked, each time twice as long |
/// |---|---|---|
/// | an e-mail address from one network | 10 | 30 seconds to 15 minutes |
/// | an e-mail address; a network; keys, and refresh tokens, from a network | 100 | the same |
/// | a second factor of an account from one network | 5 | the same |
/// | a second factor of an account | 100 | the same |
/// | mails that a network asks for | 300 | until one is forgotten, every 12 seconds |
///
/// Counts stand in the table `varve_attempt`, by a hash of the address (SHA-256), and are forgotten when nothing was
/// tried for a day. Whoever has to wait is refused with TOO_MANY_REQUESTS and told for how many seconds. A network is an
/// IPv4 address or a /64 of IPv6 (RFC 4291, section 2.5.4): what one customer has.
public final class Attempts {
  private static final Duration LOCK_FIRST = Duration.ofSeconds(30);
  private static final Duration LOCK_MAX = Duration.ofMinutes(15);

  // so that a network may ask for 300 mails at once and for 300 an hour
  private static final Duration MAIL_FORGOTTEN = Duration.ofSeconds(12);

  /// What was not tried for this long is forgotten.
  static final Duration FORGOTTEN = Duration.ofDays(1);

  private static final int NETWORKS_KNOWN_MAX = 100_000;
  private static final Duration KNOWN = Duration.ofMinutes(1);

  private final Database database;
  private final Clock clock;
  private final Cache<String, Instant> locks =
      Caffeine.newBuilder().maximumSize(NETWORKS_KNOWN_MAX).expireAfterWrite(KNOWN).build();

  public Attempts(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /// What attempts are counted for.
  ///
  /// @param free how many attempts may fail before the first lock
  private record Subject(String key, int free) {
    static final String KEYS = "keys:";
    // whoever has forgotten a password is not locked out before they give up
    private static final int PAIR_FREE = 10;
    // many people may share an address, and a victim must not be locked out of an account by a few
    // guesses
    private static final int SINGLE_FREE = 100;
    private static final int MAILS_FREE = 300;
    // a code of a device is read from a screen, and one of 25 thousand million
    private static final int CODE_FREE = 20;
    // three codes of six digits are right at any time, and a code is read from a screen
    private static final int FACTOR_PAIR_FREE = 5;

    static Subject pair(String email, RequestSource source) {
      return new Subject("both:" + digest(email + "\n" + source.network()), PAIR_FREE);
    }

    static Subject account(String email) {
      return new Subject("account:" + digest(email), SINGLE_FREE);
    }

    static Subject network(RequestSource source) {
      return new Subject("network:" + source.network(), SINGLE_FREE);
    }

    /// A second factor counts for itself: else whoever knows the password could sign in with it between guesses at the factor, and
    /// so have them forgotten.
    static Subject factorPair(String account, RequestSource source) {
      return new Subject(
          "factor-both:" + digest(account + "\n" + source.network()), FACTOR_PAIR_FREE);
    }

    static Subject factor(String account) {
      return new Subject("factor:" + digest(account), SINGLE_FREE);
    }

    static Subject keys(RequestSource source) {
      return new Subject(KEYS + source.network(), SINGLE_FREE);
    }

    static Subject refreshes(RequestSource source) {
      return new Subject("refreshes:" + source.network(), SINGLE_FREE);
    }

    static Subject codes(RequestSource source) {
      return new Subject("codes:" + source.network(), CODE_FREE);
    }

    static Subject mails(RequestSource source) {
      return new Subject("mails:" + source.network(), MAILS_FREE);
    }

    private static String digest(String text) {
      return HexFormat.of().formatHex(OpaqueToken.sha256(text));
    }

    Instant lockedUntil(int failures, Instant at) {
      if (failures < free) {
        return Instant.EPOCH;
      }
      // shifts beyond the longest lock say nothing more
      long seconds = LOCK_FIRST.toSeconds() << Math.min(failures - free, 20);
      return at.plusSeconds(Math.min(seconds, LOCK_MAX.toSeconds()));
    }
  }

  private record Count(int failures, Instant lockedUntil) {
    static final Count NONE = new Count(0, Instant.EPOCH);
  }

  /// An attempt that was counted.
  ///
  /// @param failures how often it has failed by now, this time included: with this e-mail address from this network,
  ///     or with no e-mail address from this network
  /// @param networkFailures how often anything from this network has failed by now
  /// @param factorOf the account whose second factor was tried, if it was one
  /// @param locks whether the next one has to wait
  public record Attempt(
      Optional<String> email,
      Optional<String> factorOf,
      RequestSource source,
      int failures,
      int networkFailures,
      boolean locks) {}

  /// Counts an attempt.
  ///
  /// @param email what is tried, in lower case; absent where a secret says by itself whose it is
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait; nothing is counted then
  public Attempt count(WriteContext write, Optional<String> email, RequestSource source)
      throws SQLException {
    return count(write, email, Optional.empty(), source);
  }

  /// Counts an attempt at a second factor.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait; nothing is counted then
  public Attempt countFactor(WriteContext write, String account, String email, RequestSource source)
      throws SQLException {
    return count(write, Optional.of(email), Optional.of(account), source);
  }

  private Attempt count(
      WriteContext write, Optional<String> email, Optional<String> factorOf, RequestSource source)
      throws SQLException {
    forgetOld(write);
    List<Subject> subjects = subjects(email, factorOf, source);
    List<Count> before = new ArrayList<>();
    Instant lockedUntil = Instant.EPOCH;
    for (Subject subject : subjects) {
      Count count = read(write.session(), subject, write.at());
      before.add(count);
      lockedUntil = count.lockedUntil().isAfter(lockedUntil) ? count.lockedUntil() : lockedUntil;
    }
    refuseWhileLocked(lockedUntil, write.at());
    boolean locks = false;
    for (int i = 0; i < subjects.size(); i++) {
      locks |= write(write, subjects.get(i), before.get(i).failures() + 1);
    }
    return new Attempt(
        email,
        factorOf,
        source,
        before.getFirst().failures() + 1,
        before.getLast().failures() + 1,
        locks);
  }

  private static void forgetOld(WriteContext write) throws SQLException {
    Expiry.prune(write, "varve_attempt", "subject", "last_at", write.at().minus(FORGOTTEN));
  }

  private static List<Subject> subjects(
      Optional<String> email, Optional<String> factorOf, RequestSource source) {
    if (factorOf.isPresent()) {
      return List.of(
          Subject.factorPair(factorOf.get(), source),
          Subject.factor(factorOf.get()),
          Subject.network(source));
    }
    return email
        .map(text ->
            List.of(Subject.pair(text, source), Subject.account(text), Subject.network(source)))
        .orElseGet(() -> List.of(Subject.network(source)));
  }

  /// The network last.
  private static List<Subject> subjects(Attempt attempt) {
    return subjects(attempt.email(), attempt.factorOf(), attempt.source());
  }

  /// Counts a mail that a client asks for, to whomever. Nothing fails here, so nothing locks for longer and longer: each
  /// mail is forgotten after a while, and one that is too many waits until an earlier one is.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait
  public void countMail(WriteContext write, RequestSource source) throws SQLException {
    forgetOld(write);
    Subject subject = Subject.mails(source);
    Duration all = MAIL_FORGOTTEN.multipliedBy(subject.free() - 1L);
    Count count = read(write.session(), subject, write.at());
    refuseWhileLocked(count.lockedUntil(), write.at());
    Instant allForgotten = count.failures() == 0 ? write.at() : count.lockedUntil().plus(all);
    Instant start = allForgotten.isAfter(write.at()) ? allForgotten : write.at();
    write(write, subject, count.failures() + 1, start.plus(MAIL_FORGOTTEN).minus(all));
  }

  /// Counts a key that is not good. Programs go on with a revoked one for days: people who sign in from the same
  /// network do not pay for that, so it counts for itself.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait
  public Attempt countKey(WriteContext write, RequestSource source) throws SQLException {
    return countAlone(write, Subject.keys(source), source);
  }

  /// Counts a refresh token that is not good, for itself as keys are: nobody guesses one, and people who sign in from
  /// the same network do not pay for a program that goes on with an old one.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait
  public Attempt countRefresh(WriteContext write, RequestSource source) throws SQLException {
    return countAlone(write, Subject.refreshes(source), source);
  }

  /// Counts a code of a device that somebody types, before it is looked at.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait
  public Attempt countCode(WriteContext write, RequestSource source) throws SQLException {
    return countAlone(write, Subject.codes(source), source);
  }

  /// Takes back one that was right.
  public void codeFound(WriteContext write, Attempt attempt) throws SQLException {
    takeBack(write, Subject.codes(attempt.source()));
  }

  private Attempt countAlone(WriteContext write, Subject subject, RequestSource source)
      throws SQLException {
    int failures = count(write, subject);
    boolean locks = subject.lockedUntil(failures, write.at()).isAfter(write.at());
    return new Attempt(Optional.empty(), Optional.empty(), source, failures, failures, locks);
  }

  private int count(WriteContext write, Subject subject) throws SQLException {
    forgetOld(write);
    Count count = read(write.session(), subject, write.at());
    refuseWhileLocked(count.lockedUntil(), write.at());
    write(write, subject, count.failures() + 1);
    return count.failures() + 1;
  }

  private static Count read(Session session, Subject subject, Instant at) throws SQLException {
    return session
        .first(
            "SELECT failures, locked_until FROM varve_attempt WHERE subject = ? AND last_at > ?",
            List.of(subject.key(), SqlValues.micros(at.minus(FORGOTTEN))),
            row -> new Count(row.getInt(1), SqlValues.instant(row.getLong(2))))
        .orElse(Count.NONE);
  }

  private boolean write(WriteContext write, Subject subject, int failures) throws SQLException {
    Instant lockedUntil = subject.lockedUntil(failures, write.at());
    write(write, subject, failures, lockedUntil);
    return lockedUntil.isAfter(write.at());
  }

  private void write(WriteContext write, Subject subject, int failures, Instant lockedUntil)
      throws SQLException {
    remove(write, subject);
    if (failures > 0) {
      write
          .session()
          .update(
              "INSERT INTO varve_attempt (subject, failures, last_at, locked_until) VALUES (?, ?, ?, ?)",
              List.of(
                  subject.key(),
                  failures,
                  SqlValues.micros(write.at()),
                  SqlValues.micros(lockedUntil)));
    }
    if (subject.key().startsWith(Subject.KEYS)) {
      locks.put(subject.key(), lockedUntil);
    }
  }

  private static void remove(WriteContext write, Subject subject) throws SQLException {
    write.session().update("DELETE FROM varve_attempt WHERE subject = ?", List.of(subject.key()));
  }

  /// Forgets what was counted for the e-mail address, or for the second factor. The network gets back this one attempt alone: else whoever has an
  /// account could sign in to it between guesses at others.
  public void succeeded(WriteContext write, Attempt attempt) throws SQLException {
    List<Subject> subjects = subjects(attempt);
    for (Subject subject : subjects.subList(0, subjects.size() - 1)) {
      remove(write, subject);
    }
    takeBack(write, subjects.getLast());
  }

  /// Notes that an attempt has failed. It stays as it was counted; to write as much as when it succeeds keeps both from
  /// taking different times.
  static void failed(WriteContext write, Attempt attempt) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_attempt SET last_at = ? WHERE subject = ?",
            List.of(SqlValues.micros(write.at()), Subject.network(attempt.source()).key()));
  }

  /// Takes back an attempt that was not decided, through no fault of who made it.
  public void undecided(WriteContext write, Attempt attempt) throws SQLException {
    for (Subject subject : subjects(attempt)) {
      takeBack(write, subject);
    }
  }

  private void takeBack(WriteContext write, Subject subject) throws SQLException {
    int failures = Math.max(0, read(write.session(), subject, write.at()).failures() - 1);
    write(write, subject, failures, Instant.EPOCH);
  }

  /// Forgets everything that was counted for an e-mail address and for the client's use of it.
  public void forget(WriteContext write, String email, RequestSource source) throws SQLException {
    remove(write, Subject.pair(email, source));
    remove(write, Subject.account(email));
  }

  /// Refuses a key of a client that has to wait, good or not, from memory.
  ///
  /// @throws Problem TOO_MANY_REQUESTS
  public void requireKeysUnlocked(RequestSource source) {
    Subject subject = Subject.keys(source);
    Instant lockedUntil =
        locks.get(
            subject.key(),
            _ -> database.lookup(session -> read(session, subject, clock.instant()).lockedUntil()));
    refuseWhileLocked(lockedUntil, clock.instant());
  }

  private static void refuseWhileLocked(Instant lockedUntil, Instant at) {
    if (lockedUntil.isAfter(at)) {
      long seconds = Math.max(1, Duration.between(at, lockedUntil).plusMillis(999).toSeconds());
      throw Problem.tooMany(
          "Too many failed attempts: try again in %d seconds".formatted(seconds), seconds);
    }
  }
}
