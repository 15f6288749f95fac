package dev.varve.face.auth;

import dev.varve.identity.account.Factors;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.WaysIn;
import dev.varve.identity.passkey.Passkey;
import dev.varve.identity.passkey.PasskeyOptions;
import dev.varve.identity.passkey.Passkeys;
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
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The passkeys that an account has, as its owner sees, names and removes them; and proving with one who they are. How it gets
/// one: [PasskeyEnrolment].
public final class PasskeyFlows {
  static final String PATH = "/auth/passkeys";
  static final String NAME = "name";
  private static final List<Member> NAMED = List.of(Member.text(NAME));
  static final List<Member> PASSKEY =
      List.of(
          Member.text("id"),
          Member.text(NAME),
          Member.text(PasskeyProof.CREDENTIAL),
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
  private final PasskeySignals signals;
  private final PasskeyFactor factor;
  private final StepUp stepUp;

  PasskeyFlows(
      AccountContext context, PasskeySignals signals, PasskeyFactor factor, StepUp stepUp) {
    this.context = context;
    this.signals = signals;
    this.factor = factor;
    this.stepUp = stepUp;
  }

  List<Route> routes() {
    return List.of(
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
            .gives(200, PasskeyProof.REQUEST)
            .answeredBy(this::stepUpOptions));
  }

  /// `POST /auth/step-up/passkey/options`
  Answer stepUpOptions(Request request) {
    Entity account = StepUp.requireOwn(request.caller());
    JsonBody.of(request, List.of()).check();
    Map<String, Object> options = factor.options(account, AccountContext.source(request));
    return Answer.json(200, Json.bytes(json -> Json.write(json, options)));
  }

  static String name(JsonBody body) {
    return body.name(NAME, Passkeys.NAME_LENGTH_MAX);
  }

  static void happened(
      AccountContext context,
      WriteContext write,
      Kind kind,
      Entity account,
      Passkey passkey,
      RequestSource source) {
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

  static Map<String, @Nullable Object> members(Passkey passkey) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("id", passkey.id());
    members.put(NAME, passkey.name());
    members.put(PasskeyProof.CREDENTIAL, PasskeyOptions.base64(passkey.key().credential()));
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
    context.note(
        source,
        account.id(),
        write -> {
          stepUp.require(write, account, caller);
          remove(write, account, id, source);
        });
  }

  private void remove(WriteContext write, Entity account, String id, RequestSource source)
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
    happened(context, write, Kind.PASSKEY_REMOVED, account, passkey.get(), source);
    String email = context.accounts().email(account);
    context.mail(write, context.mails().passkeyRemoved(email, passkey.get().name()), source);
  }
}
