package dev.varve.face.auth;

import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.factor.RecoveryCodes;
import dev.varve.identity.factor.TrustedDevices;
import dev.varve.identity.passkey.Ceremony;
import dev.varve.identity.passkey.Ceremony.Purpose;
import dev.varve.identity.passkey.NewPasskey;
import dev.varve.identity.passkey.Passkey;
import dev.varve.identity.passkey.PasskeyOptions;
import dev.varve.identity.passkey.PasskeyRefusal;
import dev.varve.identity.passkey.Passkeys;
import dev.varve.identity.passkey.RelyingParty;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Giving an account another passkey, in its session, which has to be fresh.
public final class PasskeyEnrolment {
  private static final String CONDITIONAL = "conditional";

  private static final List<Member> ASKED =
      List.of(Member.of(CONDITIONAL, new Route.Type.Truth()).optional());
  private static final List<Member> MADE =
      List.of(MadePasskey.ANSWERED, Member.text(PasskeyFlows.NAME).optional());

  private final AccountContext context;
  private final PasskeyCeremonies ceremonies;
  private final PasskeySignals signals;
  private final StepUp stepUp;
  private final RecoveryCodes recoveryCodes;
  private final SecureRandom random;

  PasskeyEnrolment(
      AccountContext context,
      PasskeyCeremonies ceremonies,
      PasskeySignals signals,
      StepUp stepUp,
      RecoveryCodes recoveryCodes,
      SecureRandom random) {
    this.context = context;
    this.ceremonies = ceremonies;
    this.signals = signals;
    this.stepUp = stepUp;
    this.recoveryCodes = recoveryCodes;
    this.random = random;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post(PasskeyFlows.PATH + "/options", "passkeyOptions", "Begin to make a passkey")
            .says(
                "What to give to `PublicKeyCredential.parseCreationOptionsFromJSON()`. Good once, for five minutes, in this session, which has to be fresh. With `conditional` for a passkey that a browser makes without asking, right after a password was filled in (`mediation: \"conditional\"`).")
            .asks(Route.Caller.ACCOUNT)
            .takes(ASKED)
            .gives(200, MadePasskey.ASKED)
            .answeredBy(this::options),
        Endpoint.post(PasskeyFlows.PATH, "addPasskey", "Add a passkey")
            .says(
                "With the `toJSON()` of what `navigator.credentials.create()` gave. A mail tells the owner of the account. Whoever has no second factor, and adds a passkey that is one, is given recovery codes, this once, and other sessions of the account end.")
            .asks(Route.Caller.ACCOUNT)
            .takes(MADE)
            .gives(
                201,
                Stream.concat(
                        PasskeyFlows.PASSKEY.stream(),
                        Stream.of(Member.of("recoveryCodes", new Route.Type.Texts())))
                    .toList())
            .answeredBy(this::add));
  }

  /// `POST /auth/passkeys/options`
  Answer options(Request request) {
    stepUp.require(request.caller());
    JsonBody body = JsonBody.of(request, ASKED);
    boolean conditional = body.truth(CONDITIONAL);
    body.check();
    Map<String, Object> options =
        options(request.caller(), conditional, AccountContext.source(request));
    return Answer.json(200, Json.bytes(json -> Json.write(json, options)));
  }

  /// @throws Problem STEP_UP_REQUIRED when it was too long ago that somebody proved who they are
  public void requireFresh(Caller caller) {
    stepUp.require(caller);
  }

  /// Whether passkeys can be made at the address of this server.
  public boolean arePossible() {
    return ceremonies.known().isPresent();
  }

  /// What a browser is asked for, to make a passkey.
  ///
  /// @param conditional whether it makes one without asking
  public Map<String, Object> options(Caller caller, boolean conditional, RequestSource source) {
    Entity account = stepUp.require(caller);
    String session = caller.session().orElseThrow();
    RelyingParty party = ceremonies.party();
    return context.write(
        source,
        account.id(),
        write -> {
          stepUp.require(write, account, caller);
          List<Passkey> known = Passkeys.of(write.session(), account.id());
          requireRoom(known);
          byte[] handle = Passkeys.handle(write, account.id(), random);
          Ceremony ceremony =
              new Ceremony(Purpose.ENROL, session, account.id(), conditional, Map.of());
          return PasskeyOptions.creation(
              party,
              ceremonies.begin(write, ceremony),
              signals.user(account, handle),
              known,
              false);
        });
  }

  private static void requireRoom(List<Passkey> known) {
    if (known.size() >= Passkeys.OF_ACCOUNT_MAX) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "An account has at most %d passkeys: remove one first"
              .formatted(Passkeys.OF_ACCOUNT_MAX));
    }
  }

  /// `POST /auth/passkeys`
  Answer add(Request request) {
    Added added =
        add(request.caller(), known -> JsonBody.of(request, known), AccountContext.source(request));
    Map<String, @Nullable Object> members = PasskeyFlows.members(added.passkey());
    members.put("recoveryCodes", added.recoveryCodes());
    return Answer.json(201, Json.bytes(json -> Json.write(json, members)));
  }

  /// A passkey that was added.
  ///
  /// @param recoveryCodes of an account that has a second factor from now on; none of others
  public record Added(Passkey passkey, List<String> recoveryCodes) {}

  /// Adds the passkey that a browser has made.
  public Added add(Caller caller, JsonBody.Reader reader, RequestSource source) {
    Entity account = stepUp.require(caller);
    String session = caller.session().orElseThrow();
    Instant now = context.stages().clock().instant();
    JsonBody body = reader.with(MADE);
    String credential = body.object(PasskeyProof.CREDENTIAL);
    String name =
        body.has(PasskeyFlows.NAME) ? PasskeyFlows.name(body) : MadePasskey.standardName(now);
    body.check();
    NewPasskey registration = MadePasskey.read(credential);
    Ceremony ceremony =
        context
            .write(source, account.id(), write -> ceremonies.use(write, registration.challenge()))
            .filter(found -> found.isFor(Purpose.ENROL, session, account.id()))
            .orElseThrow(() -> MadePasskey.refused(PasskeyRefusal.ofChallenge()));
    Passkey passkey =
        MadePasskey.verify(
            registration,
            ceremonies.party(),
            ceremony.conditional() ? NewPasskey.Manner.CONDITIONAL : NewPasskey.Manner.ASKED,
            new NewPasskey.Owner(context.stages().ids().get(), account.id(), name, now));
    List<String> codes =
        context.write(
            source,
            account.id(),
            write -> {
              stepUp.require(write, account, caller);
              return add(write, account, passkey, session, source);
            });
    return new Added(passkey, codes);
  }

  /// @return recovery codes, of an account that has a second factor from now on
  private List<String> add(
      WriteContext write, Entity account, Passkey passkey, String session, RequestSource source)
      throws SQLException {
    requireRoom(Passkeys.of(write.session(), account.id()));
    boolean first = Factors.of(write.session(), account.id()).isEmpty();
    if (!Passkeys.add(write, passkey)) {
      throw known();
    }
    TrustedDevices.endAll(write, account.id());
    PasskeyFlows.happened(context, write, Kind.PASSKEY_ADDED, account, passkey, source);
    String email = context.accounts().email(account);
    context.mail(write, context.mails().passkeyAdded(email, passkey.name()), source);
    if (!passkey.second()) {
      return List.of();
    }
    // the session in which it was made has proven it, and others have not
    stepUp.raise(write, account, session, Factor.PASSKEY.method(), source);
    if (!first) {
      return List.of();
    }
    context.sessions().endAll(write, account.id(), Optional.of(session));
    return recoveryCodes.make(write, account.id());
  }

  private static Problem known() {
    return new Problem(
        ErrorCode.ALREADY_EXISTS,
        "There is a passkey with this id already: make another, with other options");
  }
}
