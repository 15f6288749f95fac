package dev.varve.identity.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.identity.token.Authenticated;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.follow.LogFreshness;
import dev.varve.store.follow.Notices;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where accounts are signed in.
///
/// Whether a session is open is asked with every request, so it is kept in memory. One that ends is marked there
/// before the unit that ends it is committed: from then on it counts as ended, and nothing is loaded for it until the
/// commit is long through. Should the commit fail, the session seems to have ended for as long as the mark lives. One that another
/// node ends is announced by it; while nobody can know what others do, the database is asked each time.
public final class Sessions implements OpenSessions, Notices.Listener {
  /// Of notices: sessions that have ended, by their ids.
  public static final String TOPIC = "session";

  private static final int KNOWN_MAX = 100_000;
  // a commit takes less than that by far
  private static final Duration MARKED = Duration.ofMinutes(1);
  private static final Duration ENDED_KEPT = Duration.ofDays(1);

  private final Database database;
  private final Clock clock;
  private final LogFreshness freshness;
  private final Cache<String, Instant> expiries =
      Caffeine.newBuilder().maximumSize(KNOWN_MAX).expireAfterWrite(MARKED).build();
  private final Cache<String, Boolean> ended =
      Caffeine.newBuilder().expireAfterWrite(MARKED).build();

  /// @param freshness whether what is in memory may be believed
  public Sessions(Database database, Clock clock, LogFreshness freshness) {
    this.database = database;
    this.clock = clock;
    this.freshness = freshness;
  }

  @Override
  public void changed(String id) {
    ended.put(id, true);
    expiries.invalidate(id);
  }

  @Override
  public void missed() {
    expiries.invalidateAll();
  }

  /// One sign-in and what came of it.
  ///
  /// @param endsAt the end of its longest possible life
  /// @param expiresAt when it ends unless it is used
  /// @param methods how somebody signed in
  /// @param authenticatedAt when they proved it last, which of an application is before it was opened; nothing where nobody knows
  /// @param application for which it was opened; nothing when it is the application that Varve serves
  public record OneSession(
      String id,
      String account,
      Instant createdAt,
      Instant lastUsedAt,
      String device,
      String address,
      Instant endsAt,
      Instant expiresAt,
      boolean ended,
      Set<SignInMethod> methods,
      Optional<Instant> authenticatedAt,
      Optional<SessionUse.Application> application) {
    public boolean openAt(Instant at) {
      return !ended && at.isBefore(expiresAt);
    }

    /// As tokens tell it.
    public Authenticated authenticated() {
      return new Authenticated(
          authenticatedAt, SignInMethod.level(methods), SignInMethod.values(methods));
    }
  }

  @Override
  public boolean isOpen(String sessionId) {
    if (ended.getIfPresent(sessionId) != null) {
      return false;
    }
    Instant now = clock.instant();
    if (!freshness.isCurrent()) {
      return now.isBefore(expiry(sessionId));
    }
    Instant known = expiries.get(sessionId, this::expiry);
    return now.isBefore(known) || isProlonged(sessionId, known, now);
  }

  /// Another node may have heard that a session was used, which had come to its end here.
  private boolean isProlonged(String sessionId, Instant known, Instant now) {
    if (!database.isShared() || known.equals(Instant.EPOCH)) {
      return false;
    }
    Instant expiresAt = expiry(sessionId);
    expiries.put(sessionId, expiresAt);
    return now.isBefore(expiresAt);
  }

  private Instant expiry(String sessionId) {
    Optional<Long> micros =
        database.lookup(session ->
            session.first(
                "SELECT expires_at FROM varve_session WHERE id = ? AND ended_at IS NULL",
                List.of(sessionId),
                row -> row.getLong(1)));
    return micros.map(SqlValues::instant).orElse(Instant.EPOCH);
  }

  /// The sessions in which an account is signed in, last used first.
  public List<OneSession> open(String account) {
    return database.lookup(rows -> SessionRows.open(rows, account, clock.instant()));
  }

  public static Optional<OneSession> find(WriteContext write, String id) throws SQLException {
    return SessionRows.find(write.session(), id);
  }

  /// The session of that id, open or not.
  public Optional<OneSession> find(String id) {
    return database.lookup(rows -> SessionRows.find(rows, id));
  }

  /// The open session of a browser that comes with this cookie.
  public Optional<OneSession> ofBrowser(String cookie) {
    return database
        .lookup(rows -> SessionRows.ofBrowser(rows, cookie))
        .filter(found -> found.openAt(clock.instant()));
  }

  public static Optional<OneSession> ofBrowser(WriteContext write, String cookie)
      throws SQLException {
    return SessionRows.ofBrowser(write.session(), cookie).filter(found -> found.openAt(write.at()));
  }

  /// Opens a session; for [SessionIssuer] alone, which has looked at the account.
  void open(
      WriteContext write,
      String id,
      String account,
      SessionIssuer.Proof proof,
      SessionUse use,
      RequestSource source,
      SessionSettings settings)
      throws SQLException {
    Expiry.pruneSessions(write);
    endOldest(write, account);
    // of an application it is longer ago that somebody has signed in
    Instant endsAt = proof.came().plus(settings.lifetime());
    Instant expiresAt = earlier(endsAt, write.at().plus(settings.idle()));
    SessionRows.add(write, id, account, proof, use, source, endsAt, expiresAt);
  }

  private void endOldest(WriteContext write, String account) throws SQLException {
    Optional<String> oldest = SessionRows.surplus(write, account);
    if (oldest.isPresent()) {
      end(write, oldest.get());
    }
  }

  /// Notes that a session was used, so that it lives on, and so does the one within which it was opened.
  ///
  /// @return when it ends now unless it is used again
  public Instant used(
      WriteContext write, OneSession session, RequestSource source, SessionSettings settings)
      throws SQLException {
    Optional<String> parent = session.application().flatMap(SessionUse.Application::parent);
    if (parent.isPresent()) {
      Optional<OneSession> within = find(write, parent.get());
      if (within.isPresent()) {
        used(write, within.get(), source, settings);
      }
    }
    Instant expiresAt = earlier(session.endsAt(), write.at().plus(settings.idle()));
    write
        .session()
        .update(
            "UPDATE varve_session SET last_used_at = ?, address = ?, expires_at = ? WHERE id = ?",
            List.of(
                SqlValues.micros(write.at()),
                source.address(),
                SqlValues.micros(expiresAt),
                session.id()));
    expiries.invalidate(session.id());
    return expiresAt;
  }

  /// Notes that more was proven in a session.
  ///
  /// @param at when: what was proven later still counts from then
  public void proven(WriteContext write, OneSession session, Set<SignInMethod> methods, Instant at)
      throws SQLException {
    Instant latest = session.authenticatedAt().filter(known -> known.isAfter(at)).orElse(at);
    Set<SignInMethod> all = EnumSet.copyOf(methods);
    all.addAll(session.methods());
    write
        .session()
        .update(
            "UPDATE varve_session SET methods = ?, authenticated_at = ? WHERE id = ?",
            List.of(SignInMethod.text(all), SqlValues.micros(latest), session.id()));
  }

  /// Whether a session goes on: it is open, and so is the one within which it was opened.
  static boolean goesOn(WriteContext write, OneSession session) throws SQLException {
    Optional<String> parent = session.application().flatMap(SessionUse.Application::parent);
    return session.openAt(write.at())
        && (parent.isEmpty()
            || find(write, parent.get()).filter(found -> found.openAt(write.at())).isPresent());
  }

  static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /// Ends a session, with every token that belongs to it, and those that applications were given in it.
  ///
  /// @return whether it was open
  public boolean end(WriteContext write, String id) throws SQLException {
    for (String child : openWithin(write, id)) {
      endAlone(write, child);
    }
    return endAlone(write, id);
  }

  /// None of them has others within it.
  private static List<String> openWithin(WriteContext write, String id) throws SQLException {
    return write
        .session()
        .list(
            "SELECT id FROM varve_session WHERE parent = ? AND ended_at IS NULL",
            List.of(id),
            row -> row.getString(1));
  }

  /// Ends the session that a browser had, since it has another now. What applications were given in it goes on with the new one when
  /// that is of the same account, and ends when it is not.
  ///
  /// @param session the new one, of that account
  public void replace(WriteContext write, OneSession before, String account, String session)
      throws SQLException {
    if (before.account().equals(account)) {
      handOver(write, before.id(), session);
    }
    end(write, before.id());
  }

  private static void handOver(WriteContext write, String from, String to) throws SQLException {
    write
        .session()
        .update("UPDATE varve_session SET parent = ? WHERE parent = ?", List.of(to, from));
  }

  /// Writes down that an application has to be told, whose session ends now.
  private static void owe(WriteContext write, String id) throws SQLException {
    write
        .session()
        .update(
            "INSERT INTO varve_logout (session, account, client, tries, next_at)"
                + " SELECT id, account, client, 0, ? FROM varve_session"
                + " WHERE id = ? AND client IS NOT NULL AND ended_at IS NULL",
            List.of(SqlValues.micros(write.at()), id));
  }

  private boolean endAlone(WriteContext write, String id) throws SQLException {
    // in this order: whoever loads it meanwhile has finished when it is forgotten
    changed(id);
    write.announce(TOPIC, id);
    write.session().update("DELETE FROM varve_refresh_token WHERE session = ?", List.of(id));
    owe(write, id);
    return write
            .session()
            .update(
                "UPDATE varve_session SET ended_at = ?, expires_at = ? WHERE id = ? AND ended_at IS NULL",
                List.of(
                    SqlValues.micros(write.at()),
                    SqlValues.micros(write.at().plus(ENDED_KEPT)),
                    id))
        > 0;
  }

  /// Ends every session in which an application acts for an account.
  ///
  /// @return how many were ended
  public int endAllOf(WriteContext write, String account, String client) throws SQLException {
    int count = 0;
    for (OneSession open : SessionRows.open(write.session(), account, write.at())) {
      if (open.application().filter(used -> used.client().equals(client)).isPresent()
          && end(write, open.id())) {
        count++;
      }
    }
    return count;
  }

  /// Ends every session of an application, whoever's it is.
  ///
  /// @return how many were ended
  public int endAllOfClient(WriteContext write, String client) throws SQLException {
    List<String> open =
        write
            .session()
            .list(
                "SELECT id FROM varve_session WHERE client = ? AND ended_at IS NULL AND expires_at > ?",
                List.of(client, SqlValues.micros(write.at())),
                row -> row.getString(1));
    for (String id : open) {
      endAlone(write, id);
    }
    return open.size();
  }

  /// Ends every session of an account but one.
  ///
  /// @param kept the session that goes on, if one does
  /// @return how many were ended
  public int endAll(WriteContext write, String account, Optional<String> kept) throws SQLException {
    int count = 0;
    for (OneSession open : SessionRows.open(write.session(), account, write.at())) {
      if (!kept.equals(Optional.of(open.id())) && end(write, open.id())) {
        count++;
      }
    }
    return count;
  }
}
