package dev.varve.face.auth;

import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.WaysIn;
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
import dev.varve.kernel.Rfc3339;
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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The passkeys of an account, as its owner manages them.
public final class PasskeyFlows {
  private static final String PATH = "/auth/passkeys";
  private static final String NAME = "name";
  private static final String CREDENTIAL = PasskeyProof.CREDENTIAL;
  private static final String CONDITIONAL = "conditional";

  /// What a browser is asked for, to make a passkey.
  static final List<Member> CREATION =
      List.of(
          Member.of("rp", new Route.Type.AnyObject()),
          Member.of("user", new Route.Type.AnyObject()),
          Member.text("challenge"),
          Member.of("pubKeyCredParams", new Route.Type.Objects(List.of())),
          Member.of("timeout", new Route.Type.Count()),
          Member.of("excludeCredentials", new Route.Type.Objects(List.of())),
          Member.of("authenticatorSelection", new Route.Type.AnyObject()),
          Member.text("attestation"),
          Member.of("extensions", new Route.Type.AnyObject()));

  /// What a browser is asked for, to use one.
  static final List<Member> REQUEST =
      List.of(
          Member.text("challenge"),
          Member.of("timeout", new Route.Type.Count()),
          Member.text("rpId"),
          Member.of("allowCredentials", new Route.Type.Objects(List.of())),
          Member.text("userVerification"));

  static final Member ANSWERED = Member.of(CREDENTIAL, new Route.Type.AnyObject());

  private static final List<Member> ASKED =
      List.of(Member.of(CONDITIONAL, new Route.Type.Truth()).optional());
  private static final List<Member> MADE = List.of(ANSWERED, Member.text(NAME).optional());
  private static final List<Member> NAMED = List.of(Member.text(NAME));
  private static final List<Member> PASSKEY =
      List.of(
          Member.text("id"),
          Member.text(NAME),
          Member.text(CREDENTIAL),
          Member.text("aaguid"),
          Member.of("verifies", new Route.Type.Truth()),
          Member.of("secondFactor", new Route.Type.Truth()),
          Member.of("backedUp", new Route.Type.Truth()),
          Member.instant("createdAt"),
          Member.instant("lastUsedAt").orNull());
  private static final List<Member> LISTED =
      List.of(
          Member.of("items", new Route.Type.Objects(PASSKEY)),
          Member.of("signalAllAcceptedCredentials", new Route.Type.AnyObject()).optional(),
          Member.of("signalCurrentUserDetails", new Route.Type.AnyObject()).optional());

  private final AccountContext context;
  private final PasskeyCeremonies ceremonies;
  private final PasskeySignals signals;
  private final PasskeyFactor factor;
  private final StepUp stepUp;
  private final RecoveryCodes recoveryCodes;
  private final SecureRandom random;

  PasskeyFlows(
      AccountContext context,
      PasskeyCeremonies ceremonies,
      PasskeySignals signals,
      PasskeyFactor factor,
      StepUp stepUp,
      RecoveryCodes recoveryCodes,
      SecureRandom random) {
    this.context = context;
    this.ceremonies = ceremonies;
    this.signals = signals;
    this.factor = factor;
    this.stepUp = stepUp;
    this.recoveryCodes = recoveryCodes;
    this.random = random;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post(PATH + "/options", "passkeyOptions", "Begin to make a passkey")
            .says(
                "What to give to `PublicKeyCredential.parseCreationOptionsFromJSON()`. Good once, for five minutes, in this session, which has to be fresh. With `conditional` for a passkey that a browser makes without asking, right after a password was filled in (`mediation: \"conditional\"`).")
            .asks(Route.Caller.ACCOUNT)
            .takes(ASKED)
            .gives(200, CREATION)
            .answeredBy(this::options),
        Endpoint.post(PATH, "addPasskey", "Add a passkey")
            .says(
                "With the `toJSON()` of what `navigator.credentials.create()` gave. A mail tells the owner of the account. Whoever has no second factor, and adds a passkey that is one, is given recovery codes, this once, and other sessions of the account end.")
            .asks(Route.Caller.ACCOUNT)
            .takes(MADE)
            .gives(
                201,
                Stream.concat(
                        PASSKEY.stream(),
                        Stream.of(Member.of("recoveryCodes", new Route.Type.Texts())))
                    .toList())
            .answeredBy(this::add),
        Endpoint.get(PATH, "listPasskeys", "The passkeys of the account")
            .says(
                "The oldest first, with what the functions of `PublicKeyCredential` take that are named like the members, so that a keeper of passkeys forgets those that were removed.")
            .asks(Route.Caller.ACCOUNT)
            .gives(200, LISTED)
            .answeredBy(this::list),
        Endpoint.patch(PATH + "/{id}", "renamePasskey", "Name a passkey")
            .says("What its owner calls it.")
            .asks(Route.Caller.ACCOUNT)
            .takes(NAMED)
            .answeredBy(this::rename),
        Endpoint.delete(PATH + "/{id}", "removePasskey", "Remove a passkey")
            .says(
                "Nobody signs in with it any more. The last way into an account stays. It takes a fresh session, and a mail tells the owner of the account.")
            .asks(Route.Caller.ACCOUNT)
            .answeredBy(this::remove),
        Endpoint.post(
                StepUp.PATH + "/passkey/options",
                "passkeyStepUpOptions",
                "Begin to prove with a passkey who you are")
            .says(
                "The passkeys of the account. What the browser answers goes to `POST /auth/step-up` as `credential`, with `factor` `passkey`.")
            .asks(Route.Caller.ACCOUNT)
            .takes(List.of())
            .gives(200, REQUEST)
            .answeredBy(this::stepUpOptions));
  }

  /// `POST /auth/step-up/passkey/options`
  Answer stepUpOptions(Request request) {
    Entity account = StepUp.requireOwn(request.caller());
    JsonBody.of(request, List.of()).check();
    Map<String, Object> options = factor.options(account, AccountContext.source(request));
    return Answer.json(200, Json.bytes(json -> Json.write(json, options)));
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
    Map<String, @Nullable Object> members = members(added.passkey());
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
    JsonBody body = reader.with(MADE);
    String credential = body.object(CREDENTIAL);
    String name = body.has(NAME) ? name(body) : standardName();
    body.check();
    NewPasskey registration = read(credential);
    Ceremony ceremony =
        context
            .write(source, account.id(), write -> ceremonies.use(write, registration.challenge()))
            .filter(found -> found.isFor(Purpose.ENROL, session, account.id()))
            .orElseThrow(() -> refused(PasskeyRefusal.ofChallenge()));
    Instant now = context.stages().clock().instant();
    Passkey passkey =
        verify(
            registration,
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
    context.send(context.mails().passkeyAdded(context.accounts().email(account), name), source);
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
    happened(write, Kind.PASSKEY_ADDED, account, passkey, source);
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

  /// @throws Problem VALIDATION_ERROR when it is nothing that a browser answers
  static NewPasskey read(String json) {
    try {
      return NewPasskey.read(json);
    } catch (PasskeyRefusal refusal) {
      throw refused(refusal);
    }
  }

  private Passkey verify(
      NewPasskey registration, NewPasskey.Manner manner, NewPasskey.Owner owner) {
    return verify(registration, ceremonies.party(), manner, owner);
  }

  static Passkey verify(
      NewPasskey registration,
      RelyingParty party,
      NewPasskey.Manner manner,
      NewPasskey.Owner owner) {
    try {
      return registration.verify(party, manner, owner);
    } catch (PasskeyRefusal refusal) {
      throw refused(refusal);
    }
  }

  static Problem refused(PasskeyRefusal refusal) {
    return Problem.invalid(CREDENTIAL, refusal.text());
  }

  private static Problem known() {
    return new Problem(
        ErrorCode.ALREADY_EXISTS,
        "There is a passkey with this id already: make another, with other options");
  }

  /// Taken from its device when nobody gives one: what a list shows has to differ.
  static String standardName(Instant at) {
    return "Passkey of " + DateTimeFormatter.ISO_LOCAL_DATE.format(at.atZone(ZoneOffset.UTC));
  }

  private String standardName() {
    return standardName(context.stages().clock().instant());
  }

  private static String name(JsonBody body) {
    return body.name(NAME, Passkeys.NAME_LENGTH_MAX);
  }

  private void happened(
      WriteContext write, Kind kind, Entity account, Passkey passkey, RequestSource source) {
    context
        .events()
        .record(
            write,
            Event.of(kind, account.id(), context.accounts().email(account), source)
                .with("passkey", passkey.id())
                .with(NAME, passkey.name())
                .with("aaguid", passkey.key().aaguid()));
  }

  /// `GET /auth/passkeys`
  Answer list(Request request) {
    Entity account = StepUp.requireOwn(request.caller());
    List<Passkey> passkeys =
        context.stages().database().lookup(rows -> Passkeys.of(rows, account.id()));
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("items", passkeys.stream().map(PasskeyFlows::members).toList());
    signals.of(account).ifPresent(members::putAll);
    return Answer.json(200, Json.bytes(json -> Json.write(json, members)));
  }

  private static Map<String, @Nullable Object> members(Passkey passkey) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("id", passkey.id());
    members.put(NAME, passkey.name());
    members.put(CREDENTIAL, PasskeyOptions.base64(passkey.key().credential()));
    members.put("aaguid", passkey.key().aaguid());
    members.put("verifies", passkey.verifies());
    members.put("secondFactor", passkey.second());
    members.put("backedUp", passkey.backup().done());
    members.put("createdAt", Rfc3339.text(passkey.createdAt()));
    members.put("lastUsedAt", passkey.lastUsedAt().map(Rfc3339::text).orElse(null));
    return members;
  }

  /// `PATCH /auth/passkeys/{id}`
  Answer rename(Request request) {
    rename(
        request.caller(),
        request.variable("id"),
        known -> JsonBody.of(request, known),
        AccountContext.source(request));
    return Answer.noContent();
  }

  public void rename(Caller caller, String id, JsonBody.Reader reader, RequestSource source) {
    Entity account = StepUp.requireOwn(caller);
    JsonBody body = reader.with(NAMED);
    String name = name(body);
    body.check();
    context.write(
        source,
        account.id(),
        write -> {
          if (!Passkeys.rename(write, account.id(), id, name)) {
            throw none(id);
          }
          return true;
        });
  }

  private static Problem none(String id) {
    return Problem.notFound("You have no passkey '%s'".formatted(id));
  }

  /// `DELETE /auth/passkeys/{id}`
  Answer remove(Request request) {
    remove(request.caller(), request.variable("id"), AccountContext.source(request));
    return Answer.noContent();
  }

  public void remove(Caller caller, String id, RequestSource source) {
    Entity account = stepUp.require(caller);
    Passkey removed =
        context.write(
            source,
            account.id(),
            write -> {
              stepUp.require(write, account, caller);
              return remove(write, account, id, source);
            });
    context.send(
        context.mails().passkeyRemoved(context.accounts().email(account), removed.name()), source);
  }

  private Passkey remove(WriteContext write, Entity account, String id, RequestSource source)
      throws SQLException {
    Optional<Passkey> passkey =
        Passkeys.of(write.session(), account.id()).stream()
            .filter(found -> found.id().equals(id))
            .findFirst();
    if (passkey.isEmpty()) {
      throw none(id);
    }
    if (!WaysIn.isAnother(write.session(), account.id(), id, context.settings())) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "It is the last way into this account: add another passkey first, or choose a password by POST /auth/password/forgot");
    }
    Passkeys.remove(write, account.id(), id);
    if (passkey.get().second()) {
      FactorFlows.requireLeft(context, write, account);
    }
    Factors.removed(write, account.id());
    happened(write, Kind.PASSKEY_REMOVED, account, passkey.get(), source);
    return passkey.get();
  }
}
