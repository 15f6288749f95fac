package dev.varve.identity.account;

import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.factor.TrustedDevices;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The one that opens sessions, whatever way somebody came in: so there is no way past what shuts an account out, nor past its
/// second factor.
public final class SessionIssuer {
  /// For how long a proof is fresh enough to change how an account signs in.
  public static final Duration FRESH = Duration.ofMinutes(10);

  private final AccountModel accounts;
  private final Sessions sessions;
  private final SecurityEvents events;
  private final Supplier<String> ids;
  private final AuthSettings settings;

  public SessionIssuer(AccountStages stages, AuthSettings settings) {
    this.accounts = AccountModel.of(stages.schema().account());
    this.sessions = stages.sessions();
    this.events = stages.events();
    this.ids = stages.ids();
    this.settings = settings;
  }

  /// What somebody has proven.
  ///
  /// @param way how they came in, such as `sign-in`
  /// @param at when they proved it; nothing where a provider does not tell, so that nobody knows
  /// @param came when that was said here
  /// @param link the id of the link to the provider that says so, if one does
  /// @param mailbox the address that they read the mails of, if that is how
  public record Proof(
      String way,
      Set<SignInMethod> methods,
      Optional<Instant> at,
      Instant came,
      Optional<String> link,
      Optional<String> mailbox) {
    public Proof {
      methods = Set.copyOf(methods);
    }

    public Proof(String way, Set<SignInMethod> methods, Instant at) {
      this(way, methods, Optional.of(at), at, Optional.empty(), Optional.empty());
    }

    /// The same by what was mailed to an address.
    public Proof mailedTo(String email) {
      return new Proof(way, methods, at, came, link, Optional.of(email));
    }

    /// The same with a second factor that was proven then, by which it is known when somebody was there.
    public Proof and(SignInMethod method, Instant proven) {
      Proof both = and(method);
      return new Proof(way, both.methods(), Optional.of(proven), came, link, mailbox);
    }

    /// The same with something more, by which nothing was proven just now.
    public Proof and(SignInMethod method) {
      Set<SignInMethod> more = EnumSet.of(method);
      more.addAll(methods);
      return new Proof(way, more, at, came, link, mailbox);
    }
  }

  /// What came of it. A refusal comes as a result, since what was written for it stays.
  public sealed interface Outcome {
    /// @param session its id
    record Opened(Entity account, String session) implements Outcome {}

    /// What was proven is good, and not enough: nothing is opened until one of these factors is proven too. Where there is none, the
    /// account must have one and has not: nothing is opened until it is enrolled.
    record Owed(Entity account, Proof proof, Set<Factor> factors) implements Outcome {
      public Owed {
        factors = Set.copyOf(factors);
      }

      public boolean mustEnrol() {
        return factors.isEmpty();
      }

      /// What to keep until then.
      public FirstProof first() {
        return new FirstProof(account.id(), proof);
      }
    }

    record Refused(Problem problem) implements Outcome {}
  }

  /// Opens a session for an account, or tells what it owes, or why it gets none.
  public Outcome open(
      WriteContext write, Entity account, Proof proof, SessionUse use, RequestSource source)
      throws SQLException {
    Optional<Problem> shutOut = shutOut(account);
    if (shutOut.isPresent()) {
      events.record(
          write,
          event(Kind.SIGN_IN_FAILED, account, source)
              .with("way", proof.way())
              .with("reason", shutOut.get().text()));
      return new Outcome.Refused(shutOut.get());
    }
    Optional<Set<Factor>> owed = owed(write.session(), account, proof.methods());
    if (owed.isEmpty()) {
      return opened(write, account, proof, use, source);
    }
    return isTrusted(write, account, source)
        ? opened(write, account, proof.and(SignInMethod.TRUSTED_DEVICE), use, source)
        : new Outcome.Owed(account, proof, owed.get());
  }

  private boolean isTrusted(WriteContext write, Entity account, RequestSource source)
      throws SQLException {
    Optional<String> cookie = source.trustOf(account.id());
    return cookie.isPresent()
        && settings.factors().trusts()
        && TrustedDevices.use(write, account.id(), cookie.get(), settings.factors().trust());
  }

  private Outcome opened(
      WriteContext write, Entity account, Proof proof, SessionUse use, RequestSource source)
      throws SQLException {
    String session = ids.get();
    sessions.open(write, session, account.id(), proof, use, source, settings.session());
    if (!(use instanceof SessionUse.Application)) {
      // an application may ask from a server of its own
      KnownNetworks.remember(write, account.id(), source);
    }
    Event opened = event(Kind.SIGNED_IN, account, source).with("session", session);
    events.record(
        write,
        use instanceof SessionUse.Application application
            ? opened.with("client", application.client())
            : opened);
    return new Outcome.Opened(account, session);
  }

  private Event event(Kind kind, Entity account, RequestSource source) {
    return Event.of(kind, account.id(), accounts.email(account), source);
  }

  /// The factors of which an account has to prove one beside what was proven; nothing when that was enough. What an account has is
  /// asked for whether it must have it or not.
  private Optional<Set<Factor>> owed(Session rows, Entity account, Set<SignInMethod> methods)
      throws SQLException {
    if (SignInMethod.isEnough(methods)) {
      return Optional.empty();
    }
    Set<Factor> has = Factors.of(rows, account.id());
    if (!has.isEmpty()) {
      return Optional.of(has);
    }
    // a passkey that nobody asks for otherwise will do where one is a must
    return mustHaveFactor(account)
        ? Optional.of(Factors.provable(rows, account.id()))
        : Optional.empty();
  }

  /// Whether an account must have a second factor.
  public boolean mustHaveFactor(Entity account) {
    return settings.factors().requires(accounts.roles(account));
  }

  /// Whether a session will do for what changes how an account signs in.
  ///
  /// @param second whether the account has a second factor, which then has to be proven
  public record LogFreshness(boolean isFresh, boolean second) {}

  public LogFreshness freshness(Session rows, Entity account, OneSession session, Instant now)
      throws SQLException {
    boolean second = !Factors.of(rows, account.id()).isEmpty();
    boolean fresh =
        session.authenticatedAt().filter(at -> now.isBefore(at.plus(FRESH))).isPresent()
            && (!second || SignInMethod.isTwoFactors(session.methods()));
    return new LogFreshness(fresh, second);
  }

  /// Whether a session in which this was proven may go on, or be what others are opened by: the account may still sign in, and
  /// owes nothing more.
  public boolean mayGoOn(Session rows, Entity account, Set<SignInMethod> methods)
      throws SQLException {
    return shutOut(account).isEmpty() && owed(rows, account, methods).isEmpty();
  }

  /// Why an account may not be signed in, to somebody who has proven that it is theirs.
  public Optional<Problem> shutOut(Entity account) {
    if (accounts.disabled(account)) {
      return Optional.of(
          new Problem(
              ErrorCode.FORBIDDEN,
              "This account is disabled: whoever runs this service can enable it"));
    }
    if (settings.verification() == VerificationPolicy.REQUIRED && !accounts.verified(account)) {
      return Optional.of(
          new Problem(
              ErrorCode.FORBIDDEN,
              "The e-mail address of this account is not confirmed: ask for a mail with POST /auth/verify-email/resend"));
    }
    return Optional.empty();
  }
}
