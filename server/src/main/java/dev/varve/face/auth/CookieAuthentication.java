package dev.varve.face.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Request;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Tells who sends a request without a token: whoever is signed in in the browser, when a page of this server sends it. So a page
/// needs no token that a script could read.
final class CookieAuthentication implements Authentication {
  // of about a kilobyte each
  private static final int COOKIES_MAX = 20_000;
  // whose session it is does not change; a browser that signs in anew has another cookie
  private static final Duration KNOWN = Duration.ofMinutes(10);
  // how much of the time that a session lives on without use may pass until a use is noted: a note
  // is a write. Never more than an access token is good for: a session that may not go on ends
  // then,
  // whichever way it is used
  private static final int NOTED_PARTS = 100;

  private final Authentication tokens;
  private final AccountContext context;
  private final Sessions sessions;
  private final SessionCallers callers;
  private final Clock clock;
  private final Duration notedEvery;
  private final Cache<String, SignedIn> known =
      Caffeine.newBuilder().maximumSize(COOKIES_MAX).expireAfterWrite(KNOWN).build();

  /// The session of a cookie, and who that was last.
  private static final class SignedIn {
    private final String session;
    private final String account;
    private final AtomicReference<Instant> noted;
    private volatile @Nullable Caller caller;

    SignedIn(OneSession session) {
      this.session = session.id();
      this.account = session.account();
      this.noted = new AtomicReference<>(session.lastUsedAt());
    }
  }

  /// @param tokens tells who sends a request with a token
  CookieAuthentication(Authentication tokens, AccountContext context, SessionCallers callers) {
    this.tokens = tokens;
    this.context = context;
    this.sessions = context.sessions();
    this.callers = callers;
    this.clock = context.stages().clock();
    Duration part = context.settings().session().idle().dividedBy(NOTED_PARTS);
    Duration token = context.settings().accessToken().lifetime();
    this.notedEvery = part.compareTo(token) < 0 ? part : token;
  }

  @Override
  public boolean isOwn(String authorization) {
    return tokens.isOwn(authorization);
  }

  @Override
  public Caller caller(String authorization) {
    return tokens.caller(authorization);
  }

  @Override
  public Caller caller(String authorization, Request request) {
    return authorization.isEmpty()
        ? signedIn(request, SameOrigin::counts)
        : tokens.caller(authorization, request);
  }

  @Override
  public Caller callerNow(String authorization, Request request) {
    return authorization.isEmpty()
        ? signedIn(request, SameOrigin::counts)
        : tokens.callerNow(authorization, request);
  }

  /// Who comes to a page of Varve's own. Its forms carry a token of their own, for browsers that do not tell who sent one.
  Caller onPage(Request request) {
    return signedIn(request, SameOrigin::countsOnPage);
  }

  private Caller signedIn(Request request, BiPredicate<Request, String> counts) {
    Optional<String> cookie = BrowserCookies.SESSION.of(request);
    if (cookie.isEmpty()) {
      return Caller.ANONYMOUS;
    }
    SignedIn found = known.get(cookie.get(), this::find);
    if (found == null || !callers.isOpen(found.session) || !counts.test(request, cookie.get())) {
      return Caller.ANONYMOUS;
    }
    Caller caller =
        callers.caller(found.account, found.session, found.caller, UnaryOperator.identity());
    Caller last = found.caller;
    // an account that has changed may have roles that ask for more
    if ((last == null || version(last) != version(caller)) && !goesOn(found, request)) {
      return Caller.ANONYMOUS;
    }
    found.caller = caller;
    note(found, request);
    return caller;
  }

  private static long version(Caller caller) {
    return caller.account().orElseThrow().version();
  }

  private @Nullable SignedIn find(String cookie) {
    return sessions.ofBrowser(cookie).map(SignedIn::new).orElse(null);
  }

  /// Whether the session of an account that has changed may go on. One that may not ends.
  private boolean goesOn(SignedIn found, Request request) {
    Optional<OneSession> session = sessions.find(found.session);
    if (session.isPresent() && context.mayGoOn(session.get())) {
      return true;
    }
    note(found.session, request);
    return false;
  }

  /// A session lives on while it is used, as long as its account may.
  private void note(SignedIn found, Request request) {
    Instant before = Objects.requireNonNull(found.noted.get());
    Instant now = clock.instant();
    if (now.isBefore(before.plus(notedEvery)) || !found.noted.compareAndSet(before, now)) {
      return;
    }
    try {
      note(found.session, request);
    } catch (Problem overloaded) {
      found.noted.compareAndSet(now, before); // the next use notes it
    }
  }

  private void note(String session, Request request) {
    RequestSource source = AccountContext.source(request);
    context.note(source, write -> used(write, session, source));
  }

  private void used(WriteContext write, String id, RequestSource source) throws SQLException {
    Optional<OneSession> session =
        Sessions.find(write, id).filter(found -> found.openAt(write.at()));
    if (session.isEmpty()) {
      return;
    }
    Optional<Entity> account = write.find(context.accounts().model(), session.get().account());
    if (account.isPresent()
        && context.issuer().mayGoOn(write.session(), account.get(), session.get().methods())) {
      sessions.used(write, session.get(), source, context.settings().session());
    } else {
      sessions.end(write, id);
    }
  }
}
