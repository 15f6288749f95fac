package dev.varve.face.auth;

import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.factor.RecoveryCodes;
import dev.varve.identity.factor.Totps;
import dev.varve.identity.factor.Totps.Totp;
import dev.varve.identity.factor.TrustedDevices;
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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The second factors of an account: which there are, adding and removing one, and recovery codes. All that changes something asks
/// for a session that was stepped up ([StepUp]), is a security event, and is told by mail.
public final class FactorFlows {
  static final String PATH = "/auth/factors";
  private static final int NAME_LENGTH_MAX = 100;

  private static final List<Member> FACTOR =
      List.of(
          Member.text("id"),
          Member.text("factor"),
          Member.text("name"),
          Member.instant("createdAt"),
          Member.instant("lastUsedAt").orNull());
  private static final List<Member> LISTED =
      List.of(
          Member.of("items", new Route.Type.Objects(FACTOR)),
          Member.of("recoveryCodesLeft", new Route.Type.Count()));
  static final List<Member> BEGUN =
      List.of(
          Member.text("enrolment"),
          Member.text("secret"),
          Member.text("uri"),
          Member.text("picture"),
          Member.instant("expiresAt"));
  private static final List<Member> CONFIRMED =
      List.of(
          Member.text("enrolment"), Member.text(CodeProof.CODE), Member.text("name").optional());
  private static final List<Member> CODES =
      List.of(Member.of("recoveryCodes", new Route.Type.Texts()));

  private final AccountContext context;
  private final StepUp stepUp;
  private final TotpEnrolment enrolment;
  private final RecoveryCodes recoveryCodes;

  FactorFlows(
      AccountContext context, StepUp stepUp, TotpEnrolment enrolment, RecoveryCodes recoveryCodes) {
    this.context = context;
    this.stepUp = stepUp;
    this.enrolment = enrolment;
    this.recoveryCodes = recoveryCodes;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.get(PATH, "listFactors", "The second factors of the account")
            .says("The oldest first, and how many recovery codes are left.")
            .asks(Route.Caller.ACCOUNT)
            .gives(200, LISTED)
            .answeredBy(this::list),
        Endpoint.post(PATH + "/totp", "beginTotp", "Begin to add an authenticator application")
            .says(
                "Gives a secret for it, as text, as a URI and as a picture for its camera. It counts once it is confirmed, within ten minutes.")
            .asks(Route.Caller.ACCOUNT)
            .gives(200, BEGUN)
            .answeredBy(this::begin),
        Endpoint.post(PATH + "/totp/confirm", "confirmTotp", "Add an authenticator application")
            .says(
                "With the code that it shows. Whoever had no second factor before is given recovery codes, this once, and other sessions of the account end.")
            .asks(Route.Caller.ACCOUNT)
            .takes(CONFIRMED)
            .gives(201, List.of(Member.text("id"), CODES.getFirst()))
            .answeredBy(this::confirm),
        Endpoint.delete(PATH + "/{id}", "removeFactor", "Remove a second factor")
            .says("With the last one the recovery codes go too.")
            .asks(Route.Caller.ACCOUNT)
            .answeredBy(this::remove),
        Endpoint.post(PATH + "/recovery-codes", "makeRecoveryCodes", "Make new recovery codes")
            .says("They are shown this once. Those from before are good no longer.")
            .asks(Route.Caller.ACCOUNT)
            .gives(201, CODES)
            .answeredBy(this::makeCodes));
  }

  /// `GET /auth/factors`
  Answer list(Request request) {
    Entity account = AccountContext.requireAccount(request.caller());
    Map<String, Object> listed =
        context
            .stages()
            .database()
            .lookup(rows ->
                Map.of(
                    "items",
                    Totps.of(rows, account.id()).stream().map(FactorFlows::members).toList(),
                    "recoveryCodesLeft",
                    RecoveryCodes.left(rows, account.id())));
    return Answer.json(200, Json.bytes(json -> Json.write(json, listed)));
  }

  private static Map<String, @Nullable Object> members(Totp totp) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("id", totp.id());
    members.put("factor", Factor.TOTP.value());
    members.put("name", totp.name());
    members.put("createdAt", Rfc3339.text(totp.createdAt()));
    members.put("lastUsedAt", totp.lastUsedAt().map(Rfc3339::text).orElse(null));
    return members;
  }

  /// `POST /auth/factors/totp`
  Answer begin(Request request) {
    TotpEnrolment.Begun begun = begin(request.caller(), AccountContext.source(request));
    return Answer.json(200, Json.bytes(json -> Json.write(json, members(begun))));
  }

  /// Shows a secret for an authenticator application.
  public TotpEnrolment.Begun begin(Caller caller, RequestSource source) {
    Entity account = stepUp.require(caller);
    return context.write(
        source,
        account.id(),
        write -> {
          stepUp.require(write, account, caller);
          return enrolment.begin(write, account, caller.session().orElseThrow());
        });
  }

  /// Shows once more the one that was shown before, as long as it can be confirmed.
  public Optional<TotpEnrolment.Begun> again(Caller caller, String token, RequestSource source) {
    Entity account = stepUp.require(caller);
    return context.write(
        source,
        account.id(),
        write -> enrolment.again(write, account, caller.session().orElseThrow(), token));
  }

  static Map<String, Object> members(TotpEnrolment.Begun begun) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("enrolment", begun.enrolment().text());
    members.put("secret", begun.secret());
    members.put("uri", begun.uri());
    members.put("picture", begun.picture());
    members.put("expiresAt", Rfc3339.text(begun.expiresAt()));
    return members;
  }

  /// `POST /auth/factors/totp/confirm`
  Answer confirm(Request request) {
    TotpEnrolment.Confirmed.Done done =
        confirm(
            request.caller(), known -> JsonBody.of(request, known), AccountContext.source(request));
    return Answer.json(
        201,
        Json.bytes(json ->
            Json.write(json, Map.of("id", done.id(), "recoveryCodes", done.recoveryCodes()))));
  }

  /// Adds the application that shows a code.
  public TotpEnrolment.Confirmed.Done confirm(
      Caller caller, JsonBody.Reader reader, RequestSource source) {
    Entity account = stepUp.require(caller);
    JsonBody body = reader.with(CONFIRMED);
    String token = body.token("enrolment");
    String code = body.code(CodeProof.CODE);
    String name = name(body);
    body.check();
    String session = caller.session().orElseThrow();
    TotpEnrolment.Confirmed confirmed =
        context.write(
            source,
            account.id(),
            write -> {
              stepUp.require(write, account, caller);
              TotpEnrolment.Confirmed done =
                  enrolment.confirm(write, account, session, token, code, name, source);
              if (done instanceof TotpEnrolment.Confirmed.Done added) {
                added(write, account, session, added, source);
                String email = context.accounts().email(account);
                context.mail(write, FactorMails.added(email, name), source);
              }
              return done;
            });
    return switch (confirmed) {
      case TotpEnrolment.Confirmed.Done done -> done;
      case TotpEnrolment.Confirmed.Refused(Problem problem) -> throw problem;
    };
  }

  static String name(JsonBody body) {
    return body.optionalText("name", NAME_LENGTH_MAX).isPresent()
        ? body.name("name", NAME_LENGTH_MAX)
        : TotpEnrolment.NAME_STANDARD;
  }

  /// The session in which it was added, which is open here, has proven it. Others have not: with the first factor of the account they end.
  private void added(
      WriteContext write,
      Entity account,
      String session,
      TotpEnrolment.Confirmed.Done done,
      RequestSource source)
      throws SQLException {
    stepUp.raise(write, account, session, Factor.TOTP.method(), source);
    if (!done.recoveryCodes().isEmpty()) {
      context.sessions().endAll(write, account.id(), Optional.of(session));
    }
  }

  /// `DELETE /auth/factors/{id}`
  Answer remove(Request request) {
    remove(request.caller(), request.variable("id"), AccountContext.source(request));
    return Answer.noContent();
  }

  public void remove(Caller caller, String id, RequestSource source) {
    Entity account = stepUp.require(caller);
    String email = context.accounts().email(account);
    context.note(
        source,
        account.id(),
        write -> {
          stepUp.require(write, account, caller);
          remove(write, account, id, email, source);
        });
  }

  private void remove(
      WriteContext write, Entity account, String id, String email, RequestSource source)
      throws SQLException {
    Totp totp =
        Totps.of(write.session(), account.id()).stream()
            .filter(found -> found.id().equals(id))
            .findFirst()
            .orElseThrow(() -> Problem.notFound("You have no second factor '%s'".formatted(id)));
    Totps.remove(write, account.id(), id);
    requireLeft(context, write, account);
    Factors.removed(write, account.id());
    context
        .events()
        .record(
            write,
            Event.of(Kind.FACTOR_REMOVED, account.id(), email, source)
                .with("factor", id)
                .with("name", totp.name()));
    context.mail(write, FactorMails.removed(email, totp.name()), source);
  }

  /// Whoever must have a factor keeps one. A refusal writes nothing.
  static void requireLeft(AccountContext context, WriteContext write, Entity account)
      throws SQLException {
    if (context.issuer().mustHaveFactor(account)
        && Factors.of(write.session(), account.id()).isEmpty()) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "Your account must have a second factor, and this is the last one: add another first");
    }
  }

  /// `POST /auth/factors/recovery-codes`
  Answer makeCodes(Request request) {
    List<String> codes = makeCodes(request.caller(), AccountContext.source(request));
    return Answer.json(201, Json.bytes(json -> Json.write(json, Map.of("recoveryCodes", codes))));
  }

  private List<String> makeCodes(Caller caller, RequestSource source) {
    return replaceCodes(caller, _ -> true, source).orElseThrow();
  }

  /// Makes recovery codes in place of those that somebody has in mind, and of no others: a form that comes twice voids nothing that was
  /// just written down.
  ///
  /// @param set what tells which they are ([RecoveryCodes#set])
  /// @return nothing when the account has others
  public Optional<List<String>> replaceCodes(Caller caller, String set, RequestSource source) {
    return replaceCodes(caller, set::equals, source);
  }

  private Optional<List<String>> replaceCodes(
      Caller caller, Predicate<String> meant, RequestSource source) {
    Entity account = stepUp.require(caller);
    String email = context.accounts().email(account);
    return context.write(
        source,
        account.id(),
        write -> {
          stepUp.require(write, account, caller);
          if (Factors.of(write.session(), account.id()).isEmpty()) {
            throw new Problem(
                ErrorCode.CONFLICT,
                "Recovery codes stand in for a second factor, and the account has none: add one first");
          }
          return meant.test(RecoveryCodes.set(write.session(), account.id()))
              ? Optional.of(makeCodes(write, account, email, source))
              : Optional.empty();
        });
  }

  private List<String> makeCodes(
      WriteContext write, Entity account, String email, RequestSource source) throws SQLException {
    TrustedDevices.endAll(write, account.id());
    context.events().record(write, Event.of(Kind.RECOVERY_CODES_MADE, account.id(), email, source));
    context.mail(write, FactorMails.recoveryCodesMade(email), source);
    return recoveryCodes.make(write, account.id());
  }
}
