package dev.varve.face.auth;

import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.passkey.Assertion;
import dev.varve.identity.passkey.Ceremony;
import dev.varve.identity.passkey.NewPasskey;
import dev.varve.identity.passkey.Passkey;
import dev.varve.identity.passkey.PasskeyOptions;
import dev.varve.identity.passkey.PasskeyRefusal;
import dev.varve.identity.passkey.Passkeys;
import dev.varve.identity.passkey.RelyingParty;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Signing up with a passkey in place of a password. As with a password, answers never tell whether an address has an account, and
/// whoever confirms a mailbox has to prove that it was them who signed up.
final class PasskeySignUp {
  static final String CONFIRM_OPTIONS = "/auth/verify-email/passkey/options";
  private static final String TOKEN = "token";
  private static final String CREDENTIAL = PasskeyProof.CREDENTIAL;
  private static final String FIELDS = "fields";
  private static final String HANDLE = "handle";
  private static final String WAY = "verify-email";

  private static final List<Member> MADE =
      List.of(MadePasskey.ANSWERED, Member.text(Invitations.INVITATION).optional().orNull());
  private static final List<Member> TOKENED = List.of(Member.text(TOKEN));

  private final AccountContext context;
  private final PasskeyCeremonies ceremonies;
  private final SignUp signUp;
  private final Confirmation confirmation;
  private final FailedAttempts failures;
  private final SecureRandom random;

  PasskeySignUp(
      AccountContext context,
      PasskeyCeremonies ceremonies,
      SignUp signUp,
      Confirmation confirmation,
      FailedAttempts failures,
      SecureRandom random) {
    this.context = context;
    this.ceremonies = ceremonies;
    this.signUp = signUp;
    this.confirmation = confirmation;
    this.failures = failures;
    this.random = random;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post(
                "/auth/sign-up/passkey/options",
                "passkeySignUpOptions",
                "Begin to sign up with a passkey")
            .says(
                "With the fields of the account and no password. What comes back is for `PublicKeyCredential.parseCreationOptionsFromJSON()`, good once, for five minutes, and the same whether the address has an account or not.")
            .takes(signUp.fieldMembers())
            .gives(200, MadePasskey.ASKED)
            .answeredBy(this::options),
        Endpoint.post("/auth/sign-up/passkey", "passkeySignUp", "Sign up with a passkey")
            .says(
                "With the `toJSON()` of what `navigator.credentials.create()` gave. It goes on as `POST /auth/sign-up` does, and the mailbox is confirmed with the passkey.")
            .takes(MADE)
            .gives(202, Endpoint.MESSAGE)
            .answeredBy(this::signUp),
        Endpoint.post(
                CONFIRM_OPTIONS,
                "passkeyVerifyOptions",
                "Begin to confirm an address with a passkey")
            .says(
                "With the token that was mailed. What the browser answers goes to `POST /auth/verify-email` as `credential`.")
            .takes(TOKENED)
            .gives(200, PasskeyProof.REQUEST)
            .answeredBy(this::confirmOptions));
  }

  /// `POST /auth/sign-up/passkey/options`
  Answer options(Request request) {
    signUp.requireOpen();
    RelyingParty party = ceremonies.party();
    RequestSource source = AccountContext.source(request);
    JsonBody body = JsonBody.of(request);
    Input input = signUp.read(body, "");
    signUp.rehearse(input, source);
    String email = signUp.email(input);
    byte[] handle = Passkeys.newHandle(random);
    Map<String, Object> kept = new LinkedHashMap<>();
    kept.put(FIELDS, body.rest());
    kept.put(HANDLE, PasskeyOptions.base64(handle));
    Map<String, Object> options =
        context.write(
            source,
            write -> {
              OpaqueToken challenge =
                  ceremonies.begin(
                      write, new Ceremony(Ceremony.Purpose.SIGN_UP, "", "", false, kept));
              PasskeyOptions.User user = new PasskeyOptions.User(handle, email, email);
              return PasskeyOptions.creation(party, challenge, user, List.of(), true);
            });
    return Answer.json(200, Json.bytes(json -> Json.write(json, options)));
  }

  /// `POST /auth/sign-up/passkey`
  Answer signUp(Request request) {
    signUp.requireOpen();
    RelyingParty party = ceremonies.party();
    RequestSource source = AccountContext.source(request);
    JsonBody body = JsonBody.of(request, MADE);
    String credential = body.object(CREDENTIAL);
    Optional<String> invitation = signUp.invitation(body);
    body.check();
    NewPasskey registration = MadePasskey.read(credential);
    Ceremony ceremony =
        context
            .write(source, write -> ceremonies.use(write, registration.challenge()))
            .filter(found -> found.purpose() == Ceremony.Purpose.SIGN_UP)
            .orElseThrow(() -> MadePasskey.refused(PasskeyRefusal.ofChallenge()));
    Instant now = context.stages().clock().instant();
    Passkey passkey =
        MadePasskey.verify(
            registration,
            party,
            NewPasskey.Manner.ALONE,
            new NewPasskey.Owner(
                context.stages().ids().get(), "", MadePasskey.standardName(now), now));
    Map<String, @Nullable Object> fields = fields(ceremony);
    // read again: the schema may have changed meanwhile
    Input input = InputReader.read(context.accounts().model(), fields, InputReader.Mode.CREATE);
    FirstCredential first =
        new FirstCredential.Key(passkey, String.valueOf(ceremony.rest().get(HANDLE)));
    return signUp.follow(
        new SignUp.Wish(signUp.email(input), fields, input, first), invitation, source);
  }

  private static Map<String, @Nullable Object> fields(Ceremony ceremony) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    if (ceremony.rest().get(FIELDS) instanceof Map<?, ?> given) {
      given.forEach((name, value) -> fields.put(String.valueOf(name), value));
    }
    return fields;
  }

  /// `POST /auth/verify-email/passkey/options`
  Answer confirmOptions(Request request) {
    RelyingParty party = ceremonies.party();
    JsonBody body = JsonBody.of(request, TOKENED);
    String token = body.token(TOKEN);
    body.check();
    RequestSource source = AccountContext.source(request);
    Map<String, Object> options =
        context
            .write(source, write -> confirmOptions(write, party, token, source))
            .orElseThrow(MailTokens::useless);
    return Answer.json(200, Json.bytes(json -> Json.write(json, options)));
  }

  private Optional<Map<String, Object>> confirmOptions(
      WriteContext write, RelyingParty party, String token, RequestSource source)
      throws SQLException {
    Optional<MailTokens.Row> row = Confirmation.confirmable(write, token);
    List<Passkey> made = row.isEmpty() ? List.of() : made(write, row.get());
    if (made.isEmpty()) {
      Attempt attempt = context.attempts().count(write, source);
      failures.record(write, Kind.PROOF_FAILED, attempt, Optional.empty(), WAY);
      return Optional.empty();
    }
    return Optional.of(PasskeyOptions.oneOf(party, ceremonies.begin(write, ceremony(token)), made));
  }

  private static Ceremony ceremony(String token) {
    return Ceremony.ofNobody(
        Ceremony.Purpose.CONFIRM, PasskeyOptions.base64(OpaqueToken.sha256(token)));
  }

  /// The passkeys of which one proves that it was them who signed up.
  private static List<Passkey> made(WriteContext write, MailTokens.Row row) throws SQLException {
    if (row.purpose() == Purpose.SIGN_UP) {
      return PendingSignUp.of(row).map(PendingSignUp::credential).stream()
          .filter(FirstCredential.Key.class::isInstance)
          .map(first -> ((FirstCredential.Key) first).passkey())
          .toList();
    }
    return row.account().isEmpty() ? List.of() : Passkeys.of(write.session(), row.account().get());
  }

  /// An answer that counts, and what it is to be held against.
  private record Tried(
      Attempt attempt,
      Optional<MailTokens.Row> row,
      Optional<Ceremony> ceremony,
      Optional<Passkey> passkey) {}

  /// `POST /auth/verify-email`, with a passkey.
  ///
  /// @return the address
  /// @throws Problem VALIDATION_ERROR when the token is not good, or the passkey is another: the token stays good then
  String confirm(String token, String credential, RequestSource source) {
    Assertion assertion = PasskeyProof.read(credential);
    Tried tried = context.write(source, write -> count(write, token, assertion, source));
    try {
      if (tried.row().isEmpty()) {
        throw MailTokens.useless();
      }
      Passkey passkey = verify(tried, token, assertion);
      return context
          .write(source, write -> confirm(write, token, tried, passkey, source))
          .orElseThrow(MailTokens::useless);
    } catch (PasskeyRefusal refusal) {
      throw MadePasskey.refused(refusal);
    }
  }

  private Tried count(WriteContext write, String token, Assertion assertion, RequestSource source)
      throws SQLException {
    Optional<Ceremony> ceremony = ceremonies.use(write, assertion.challenge());
    Optional<MailTokens.Row> row = Confirmation.confirmable(write, token);
    Attempt attempt =
        context.attempts().countPasskey(write, row.map(MailTokens.Row::email), source);
    List<Passkey> made = row.isEmpty() ? List.of() : made(write, row.get());
    return new Tried(attempt, row, ceremony, named(made, assertion));
  }

  private static Optional<Passkey> named(List<Passkey> made, Assertion assertion) {
    return made.stream()
        .filter(passkey -> Arrays.equals(passkey.key().credential(), assertion.credential()))
        .findFirst();
  }

  private Passkey verify(Tried tried, String token, Assertion assertion) throws PasskeyRefusal {
    if (tried.ceremony().filter(ceremony(token)::equals).isEmpty()) {
      throw PasskeyRefusal.ofChallenge();
    }
    if (tried.passkey().isEmpty()) {
      throw new PasskeyRefusal("is not the one that was made at this sign-up");
    }
    assertion.verify(tried.passkey().get(), ceremonies.party(), true);
    return tried.passkey().get();
  }

  private Optional<String> confirm(
      WriteContext write, String token, Tried tried, Passkey passkey, RequestSource source)
      throws SQLException {
    Optional<MailTokens.Row> row = Confirmation.confirmable(write, token);
    boolean good =
        row.isPresent()
            // of an account, it may have been removed since
            && made(write, row.get()).stream().anyMatch(found -> found.id().equals(passkey.id()))
            && confirmation.follow(write, row.get(), source);
    if (!good) {
      return Optional.empty();
    }
    context.attempts().succeeded(write, tried.attempt());
    return row.map(MailTokens.Row::email);
  }

  /// Whether a token waits for a passkey and no password.
  boolean waitsForPasskey(String token) {
    return context
        .stages()
        .database()
        .lookup(rows -> Confirmation.find(rows, token, context.stages().clock().instant()))
        .filter(row -> row.purpose() == Purpose.SIGN_UP)
        .flatMap(PendingSignUp::of)
        .filter(pending -> pending.credential() instanceof FirstCredential.Key)
        .isPresent();
  }
}
