package dev.varve.identity.account;

import dev.varve.identity.factor.TrustedDevices;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Database;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The one place that counts attempts to prove something, over every way in. An attempt is counted before anything is
/// looked at, and taken back when it succeeds, so that guesses made side by side are counted like any others.
///
/// Counted are an e-mail address together with the network it is tried from, each of the two alone, and the mails that
/// a network asks for. Beyond its free attempts each further one locks what it was counted for, each time for twice as
/// long. An e-mail address counts whether there is such an account or not.
///
/// Whoever guesses must not hold an account locked for its owner (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). So
/// networks from which somebody has signed in to it ([KnownNetworks]) count nothing against the account as a whole and are not
/// refused for what others did; a browser that it trusts ([TrustedDevices]) counts for itself alone, whatever others do in its
/// network. Each of them is few, and has no more free attempts than any other.
///
/// | counted for | free attempts | then locked, each time twice as long |
/// |---|---|---|
/// | an e-mail address from one network | 10 | 30 seconds to 15 minutes |
/// | an e-mail address, from all networks that are not known | 100 | the same |
/// | an account from one trusted browser | 10 | the same |
/// | a network; passkeys, keys, and refresh tokens, from a network | 100 | the same |
/// | a second factor of an account from one network, or from one trusted browser | 5 | the same |
/// | a second factor of an account, from all networks that are not known | 100 | the same |
/// | the password of a token that was mailed | 10 | the same |
/// | mails that a network asks for | 300 | until one is forgotten, every 12 seconds |
///
/// Counts ([AttemptCounts]) are forgotten when nothing was tried for a day. Whoever has to wait is refused with TOO_MANY_REQUESTS and told for how many seconds. A network is an
/// IPv4 address or a /64 of IPv6 (RFC 4291, section 2.5.4): what one customer has.
public final class Attempts {
  // so that a network may ask for 300 mails at once and for 300 an hour
  private static final Duration MAIL_FORGOTTEN = Duration.ofSeconds(12);

  // whose account it is not: what there is to find out of it takes as long
  private static final String NOBODY = "";

  private final AttemptCounts counts;
  private final Clock clock;
  private final Duration trust;

  /// @param trust for how long accounts trust browsers
  public Attempts(Database database, Clock clock, Duration trust) {
    this.counts = new AttemptCounts(database);
    this.clock = clock;
    this.trust = trust;
  }

  /// An attempt that was counted.
  ///
  /// @param failures how often it has failed by now, this time included: with this e-mail address from this network,
  ///     or with no e-mail address from this network
  /// @param networkFailures how often anything from this network has failed by now
  /// @param own what counts for whoever tries it, and is forgotten when it succeeds
  /// @param shared what counts for others too, so that success takes back this attempt alone
  /// @param locks whether the next one has to wait
  public record Attempt(
      Optional<String> email,
      RequestSource source,
      int failures,
      int networkFailures,
      List<AttemptSubject> own,
      List<AttemptSubject> shared,
      boolean locks) {
    public Attempt {
      own = List.copyOf(own);
      shared = List.copyOf(shared);
    }

    private List<AttemptSubject> all() {
      return Stream.concat(own.stream(), shared.stream()).toList();
    }
  }

  /// Counts an attempt at the password of an account.
  ///
  /// @param email what is tried, in lower case
  /// @param account that has this address, if there is one
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait; nothing is counted then
  public Attempt count(
      WriteContext write, String email, Optional<String> account, RequestSource source)
      throws SQLException {
    String id = account.orElse(NOBODY);
    Optional<String> browser = trustedBrowser(write, id, source);
    if (browser.isPresent()) {
      return count(
          write,
          Optional.of(email),
          List.of(AttemptSubject.browser(id, browser.get())),
          List.of(),
          source);
    }
    return count(
        write,
        Optional.of(email),
        from(write, id, source, AttemptSubject.pair(email, source), AttemptSubject.account(email)),
        List.of(AttemptSubject.network(source)),
        source);
  }

  /// What an attempt counts for: that of a network which the account knows for the two alone, so that others cannot lock it out.
  private static List<AttemptSubject> from(
      WriteContext write,
      String account,
      RequestSource source,
      AttemptSubject pair,
      AttemptSubject everywhere)
      throws SQLException {
    return KnownNetworks.isKnown(write.session(), account, source, write.at())
        ? List.of(pair)
        : List.of(pair, everywhere);
  }

  /// What the browser keeps that the account trusts.
  private Optional<String> trustedBrowser(WriteContext write, String account, RequestSource source)
      throws SQLException {
    Optional<String> cookie = source.trustOf(account);
    boolean trusted =
        cookie.isPresent()
            && TrustedDevices.isTrusted(write.session(), account, cookie.get(), write.at(), trust);
    return trusted ? cookie : Optional.empty();
  }

  /// Counts an attempt at something that says by itself whose it is, such as a token.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait; nothing is counted then
  public Attempt count(WriteContext write, RequestSource source) throws SQLException {
    return count(
        write, Optional.empty(), List.of(), List.of(AttemptSubject.network(source)), source);
  }

  /// Counts an attempt at the password that was chosen with what a mail is about.
  ///
  /// @param mailed its token, which is good
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait; nothing is counted then
  public Attempt countMailed(WriteContext write, MailTokens.Row mailed, RequestSource source)
      throws SQLException {
    return count(
        write,
        Optional.of(mailed.email()),
        List.of(AttemptSubject.token(mailed.hash())),
        List.of(AttemptSubject.network(source)),
        source);
  }

  /// Counts an attempt at a second factor.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait; nothing is counted then
  public Attempt countFactor(WriteContext write, String account, String email, RequestSource source)
      throws SQLException {
    Optional<String> browser = trustedBrowser(write, account, source);
    if (browser.isPresent()) {
      return count(
          write,
          Optional.of(email),
          List.of(AttemptSubject.factorBrowser(account, browser.get())),
          List.of(),
          source);
    }
    return count(
        write,
        Optional.of(email),
        from(
            write,
            account,
            source,
            AttemptSubject.factorPair(account, source),
            AttemptSubject.factor(account)),
        List.of(AttemptSubject.network(source)),
        source);
  }

  /// Counts an attempt with a passkey.
  ///
  /// @param email of its account, if it is known
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait; nothing is counted then
  public Attempt countPasskey(WriteContext write, Optional<String> email, RequestSource source)
      throws SQLException {
    return count(write, email, List.of(), List.of(AttemptSubject.passkeys(source)), source);
  }

  private Attempt count(
      WriteContext write,
      Optional<String> email,
      List<AttemptSubject> own,
      List<AttemptSubject> shared,
      RequestSource source)
      throws SQLException {
    AttemptCounts.forgetOld(write);
    List<AttemptSubject> subjects = Stream.concat(own.stream(), shared.stream()).toList();
    List<AttemptCounts.Count> before = new ArrayList<>();
    Instant lockedUntil = Instant.EPOCH;
    for (AttemptSubject subject : subjects) {
      AttemptCounts.Count count = AttemptCounts.read(write.session(), subject, write.at());
      before.add(count);
      lockedUntil = count.lockedUntil().isAfter(lockedUntil) ? count.lockedUntil() : lockedUntil;
    }
    refuseWhileLocked(lockedUntil, write.at());
    boolean locks = false;
    for (int i = 0; i < subjects.size(); i++) {
      locks |= counts.write(write, subjects.get(i), before.get(i).failures() + 1);
    }
    return new Attempt(
        email,
        source,
        before.getFirst().failures() + 1,
        before.getLast().failures() + 1,
        own,
        shared,
        locks);
  }

  /// Counts a mail that a client asks for, to whomever. Nothing fails here, so nothing locks for longer and longer: each
  /// mail is forgotten after a while, and one that is too many waits until an earlier one is.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait
  public void countMail(WriteContext write, RequestSource source) throws SQLException {
    AttemptCounts.forgetOld(write);
    AttemptSubject subject = AttemptSubject.mails(source);
    Duration all = MAIL_FORGOTTEN.multipliedBy(subject.free() - 1L);
    AttemptCounts.Count count = AttemptCounts.read(write.session(), subject, write.at());
    refuseWhileLocked(count.lockedUntil(), write.at());
    Instant allForgotten = count.failures() == 0 ? write.at() : count.lockedUntil().plus(all);
    Instant start = allForgotten.isAfter(write.at()) ? allForgotten : write.at();
    counts.write(write, subject, count.failures() + 1, start.plus(MAIL_FORGOTTEN).minus(all));
  }

  /// Counts a key that is not good. Programs go on with a revoked one for days: people who sign in from the same
  /// network do not pay for that, so it counts for itself.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait
  public Attempt countKey(WriteContext write, RequestSource source) throws SQLException {
    return countAlone(write, AttemptSubject.keys(source), source);
  }

  /// Counts a refresh token that is not good, for itself as keys are: nobody guesses one, and people who sign in from
  /// the same network do not pay for a program that goes on with an old one.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait
  public Attempt countRefresh(WriteContext write, RequestSource source) throws SQLException {
    return countAlone(write, AttemptSubject.refreshes(source), source);
  }

  /// Counts a code of a device that somebody types, before it is looked at.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when it has to wait
  public Attempt countCode(WriteContext write, RequestSource source) throws SQLException {
    return countAlone(write, AttemptSubject.codes(source), source);
  }

  private Attempt countAlone(WriteContext write, AttemptSubject subject, RequestSource source)
      throws SQLException {
    return count(write, Optional.empty(), List.of(), List.of(subject), source);
  }

  /// Forgets what was counted for whoever tried it. What is shared, such as the network, gets back this one attempt alone: else whoever has
  /// an account could sign in to it between guesses at others.
  public void succeeded(WriteContext write, Attempt attempt) throws SQLException {
    for (AttemptSubject subject : attempt.own()) {
      AttemptCounts.remove(write, subject);
    }
    for (AttemptSubject subject : attempt.shared()) {
      counts.takeBack(write, subject);
    }
  }

  /// Notes that an attempt has failed. It stays as it was counted; to write as much as when it succeeds keeps both from
  /// taking different times.
  static void failed(WriteContext write, Attempt attempt) throws SQLException {
    AttemptCounts.touch(write, attempt.all().getLast());
  }

  /// Takes back an attempt that was not decided, through no fault of who made it.
  public void undecided(WriteContext write, Attempt attempt) throws SQLException {
    for (AttemptSubject subject : attempt.all()) {
      counts.takeBack(write, subject);
    }
  }

  /// Forgets everything that was counted for an e-mail address and for the client's use of it.
  public void forget(WriteContext write, String email, RequestSource source) throws SQLException {
    AttemptCounts.remove(write, AttemptSubject.pair(email, source));
    AttemptCounts.remove(write, AttemptSubject.account(email));
  }

  /// Refuses a key of a client that has to wait, good or not, from memory.
  ///
  /// @throws Problem TOO_MANY_REQUESTS
  public void requireKeysUnlocked(RequestSource source) {
    Instant now = clock.instant();
    refuseWhileLocked(counts.lockedUntil(AttemptSubject.keys(source), now), now);
  }

  private static void refuseWhileLocked(Instant lockedUntil, Instant at) {
    if (lockedUntil.isAfter(at)) {
      long seconds = Math.max(1, Duration.between(at, lockedUntil).plusMillis(999).toSeconds());
      throw Problem.tooMany(
          "Too many failed attempts: try again in %d seconds".formatted(seconds), seconds);
    }
  }
}
