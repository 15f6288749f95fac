package dev.varve.face.auth;

import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.passkey.Assertion;
import dev.varve.identity.passkey.Ceremony;
import dev.varve.identity.passkey.Passkey;
import dev.varve.identity.passkey.PasskeyRefusal;
import dev.varve.identity.passkey.Passkeys;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Finds out whether somebody has a passkey of an account.
///
/// An attempt costs two writes, as one with a password does: one counts it and uses the challenge up, durably before anything is
/// verified; the other takes it back together with what it was for, or records the failure.
final class PasskeyProof {
  static final String CREDENTIAL = "credential";

  /// What a browser is asked for, to use one.
  static final List<Member> REQUEST =
      List.of(
          Member.text("challenge"),
          Member.of("timeout", new Route.Type.Count()),
          Member.text("rpId"),
          Member.of("allowCredentials", new Route.Type.Objects(List.of())),
          Member.text("userVerification"));

  private static final String WRONG = "The passkey does not sign anybody in here";

  private final AccountContext context;
  private final FailedAttempts failures;
  private final PasskeyCeremonies ceremonies;

  PasskeyProof(AccountContext context, FailedAttempts failures, PasskeyCeremonies ceremonies) {
    this.context = context;
    this.failures = failures;
    this.ceremonies = ceremonies;
  }

  /// What a passkey is proven for.
  @FunctionalInterface
  interface Purpose<T> {
    /// What to do in the unit in which the attempt is taken back.
    T run(WriteContext write, Entity account) throws SQLException;
  }

  /// An attempt that counts, and what the answer is to be held against.
  ///
  /// @param handle the name under which authenticators know the account
  private record Tried(
      Attempt attempt,
      Optional<Ceremony> ceremony,
      Optional<Passkey> passkey,
      Optional<Entity> account,
      Optional<byte[]> handle) {}

  /// What became of a passkey that was proven.
  private sealed interface Decided<T> {
    record Good<T>(T value) implements Decided<T> {}

    record Bad<T>(PasskeyRefusal why) implements Decided<T> {}
  }

  /// Proves a passkey that makes sure who uses it.
  ///
  /// @param json what the browser answers
  /// @param wanted what its challenge must have been made for
  /// @param way what the proof is for, such as `passkey`
  /// @throws Problem UNAUTHENTICATED when it proves nothing, TOO_MANY_REQUESTS
  <T> T prove(String json, Ceremony wanted, RequestSource source, String way, Purpose<T> purpose) {
    Assertion assertion = read(json);
    Tried tried = context.write(source, write -> count(write, assertion, source));
    try {
      Assertion.Proven proven = verify(tried, assertion, wanted);
      Passkey passkey = tried.passkey().orElseThrow();
      return switch (context.write(
          source, passkey.account(), write -> decide(write, tried, passkey, proven, purpose))) {
        case Decided.Good<T>(T value) -> value;
        case Decided.Bad<T>(PasskeyRefusal why) -> throw why;
      };
    } catch (PasskeyRefusal refusal) {
      context.note(source, write -> fail(write, tried, way));
      throw wrong(refusal);
    }
  }

  /// @throws Problem VALIDATION_ERROR when it is nothing that a browser answers
  static Assertion read(String json) {
    try {
      return Assertion.read(json);
    } catch (PasskeyRefusal refusal) {
      throw Problem.invalid(CREDENTIAL, refusal.text());
    }
  }

  private static Problem wrong(PasskeyRefusal refusal) {
    return new Problem(
        ErrorCode.UNAUTHENTICATED, WRONG, List.of(new FieldError(CREDENTIAL, refusal.text())));
  }

  private Tried count(WriteContext write, Assertion assertion, RequestSource source)
      throws SQLException {
    Optional<Ceremony> ceremony = ceremonies.use(write, assertion.challenge());
    Optional<Passkey> passkey = Passkeys.find(write.session(), assertion.credential());
    Optional<Entity> account =
        passkey.flatMap(found -> write.find(context.accounts().model(), found.account()));
    Attempt attempt =
        context.attempts().countPasskey(write, account.map(context.accounts()::email), source);
    Optional<byte[]> handle =
        account.isEmpty() ? Optional.empty() : Passkeys.handle(write.session(), account.get().id());
    return new Tried(attempt, ceremony, passkey, account, handle);
  }

  private Assertion.Proven verify(Tried tried, Assertion assertion, Ceremony wanted)
      throws PasskeyRefusal {
    if (tried.ceremony().filter(wanted::equals).isEmpty()) {
      throw PasskeyRefusal.ofChallenge();
    }
    if (tried.account().isEmpty()) {
      throw new PasskeyRefusal("is not known here: it was removed, or its account is no more");
    }
    Passkey passkey = tried.passkey().orElseThrow();
    // without a list of passkeys to choose from, the authenticator has to tell whose it is
    if (!tried.handle().map(own -> names(assertion, own)).orElse(false)) {
      throw new PasskeyRefusal("is said to be of another account than its own");
    }
    if (!passkey.verifies()) {
      throw new PasskeyRefusal(
          "is a second factor alone: sign in with the password, and use it after that");
    }
    return assertion.verify(passkey, ceremonies.party(), true);
  }

  private static boolean names(Assertion assertion, byte[] handle) {
    return assertion.handle().filter(told -> Arrays.equals(told, handle)).isPresent();
  }

  private <T> Decided<T> decide(
      WriteContext write,
      Tried tried,
      Passkey verified,
      Assertion.Proven proven,
      Purpose<T> purpose)
      throws SQLException {
    Optional<Passkey> passkey =
        Passkeys.find(write.session(), verified.key().credential())
            .filter(found -> found.id().equals(verified.id()));
    Optional<Entity> account = write.find(context.accounts().model(), verified.account());
    if (passkey.isEmpty() || account.isEmpty()) {
      return new Decided.Bad<>(new PasskeyRefusal("was removed just now"));
    }
    if (!proven.goesOnFrom(passkey.get().counter())) {
      copied(write, account.get(), passkey.get(), proven, tried.attempt().source());
      return new Decided.Bad<>(PasskeyRefusal.ofCopy());
    }
    context.attempts().succeeded(write, tried.attempt());
    Passkeys.used(write, passkey.get(), proven, passkey.get().verifies());
    return new Decided.Good<>(purpose.run(write, account.get()));
  }

  /// There may be two of a passkey whose counter does not go on: the use is refused, and its owner told. It stays good, since two
  /// sign-ins side by side look like that too.
  void copied(
      WriteContext write,
      Entity account,
      Passkey passkey,
      Assertion.Proven proven,
      RequestSource source)
      throws SQLException {
    String email = context.accounts().email(account);
    context
        .events()
        .record(
            write,
            Event.of(Kind.PASSKEY_COPIED, account.id(), email, source)
                .with("passkey", passkey.id())
                .with("counter", proven.counter())
                .with("counterBefore", passkey.counter()));
    context.mail(write, context.mails().passkeyCopied(email, passkey.name()), source);
  }

  private void fail(WriteContext write, Tried tried, String way) throws SQLException {
    Kind kind = way.equals(PasskeySignIn.WAY) ? Kind.SIGN_IN_FAILED : Kind.PROOF_FAILED;
    failures.record(write, kind, tried.attempt(), tried.account().map(Entity::id), way);
  }
}
