package dev.varve.face.auth;

import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.factor.TrustedDevices;
import dev.varve.identity.factor.TrustedDevices.Device;
import dev.varve.identity.token.OpaqueToken;
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
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Browsers on which somebody is not asked for the second factor again for a while: said with the factor itself, listed, and taken
/// back. It opens sessions, and is no proof of anything else.
public final class BrowserTrust {
  static final String PATH = "/auth/trusted-browsers";

  private static final List<Member> BROWSER =
      List.of(
          Member.text("id"),
          Member.text("device"),
          Member.text("address"),
          Member.instant("createdAt"),
          Member.instant("lastUsedAt"),
          Member.instant("expiresAt"));

  private final AccountContext context;
  private final SecureRandom random;

  BrowserTrust(AccountContext context, SecureRandom random) {
    this.context = context;
    this.random = random;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.get(PATH, "listTrustedBrowsers", "The browsers that the account trusts")
            .says("Those on which it is not asked for its second factor, last used first.")
            .asks(Route.Caller.ACCOUNT)
            .gives(200, List.of(Member.of("items", new Route.Type.Objects(BROWSER))))
            .answeredBy(this::list),
        Endpoint.delete(PATH + "/{id}", "distrustBrowser", "Trust a browser no longer")
            .says("The second factor is asked for there again. Sessions that are open go on.")
            .asks(Route.Caller.ACCOUNT)
            .answeredBy(this::end));
  }

  /// Whether whoever proves a factor wants the browser to be trusted.
  ///
  /// @param given plain JSON values, or the texts of a form
  /// @throws Problem VALIDATION_ERROR when it is neither yes nor no
  boolean isAsked(Map<String, ?> given) {
    Object asked = given.get(SecondFactor.TRUST.name());
    boolean yes = Boolean.TRUE.equals(asked) || "on".equals(asked);
    if (!yes && asked != null && !Boolean.FALSE.equals(asked)) {
      throw Problem.invalid(SecondFactor.TRUST.name(), "must be true or false");
    }
    return yes && context.settings().factors().trusts();
  }

  TrustCookie begin(WriteContext write, Entity account, RequestSource source) throws SQLException {
    Duration lifetime = context.settings().factors().trust();
    OpaqueToken cookie = OpaqueToken.random(random);
    String id = context.stages().ids().get();
    TrustedDevices.trust(
        write, account.id(), cookie, id, source.device(), source.address(), lifetime);
    record(write, Kind.BROWSER_TRUSTED, account, id, source);
    return new TrustCookie(account.id(), cookie, lifetime);
  }

  private void record(
      WriteContext write, Kind kind, Entity account, String id, RequestSource source) {
    String email = context.accounts().email(account);
    context.events().record(write, Event.of(kind, account.id(), email, source).with("browser", id));
  }

  Letter mail(Entity account, RequestSource source) {
    return FactorMails.trusted(context.accounts().email(account), source);
  }

  /// `GET /auth/trusted-browsers`
  Answer list(Request request) {
    Entity account = AccountContext.requireAccount(request.caller());
    List<Object> items = of(account).stream().map(BrowserTrust::members).toList();
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("items", items))));
  }

  /// The browsers that an account trusts, last used first.
  public List<Device> of(Entity account) {
    Instant now = context.stages().clock().instant();
    Duration lifetime = context.settings().factors().trust();
    return context
        .stages()
        .database()
        .lookup(rows -> TrustedDevices.of(rows, account.id(), now, lifetime));
  }

  private static Object members(Device device) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", device.id());
    members.put("device", device.device());
    members.put("address", device.address());
    members.put("createdAt", Rfc3339.text(device.createdAt()));
    members.put("lastUsedAt", Rfc3339.text(device.lastUsedAt()));
    members.put("expiresAt", Rfc3339.text(device.expiresAt()));
    return members;
  }

  /// `DELETE /auth/trusted-browsers/{id}`
  Answer end(Request request) {
    end(request.caller(), request.variable("id"), AccountContext.source(request));
    return Answer.noContent();
  }

  /// Trusts a browser no longer.
  public void end(Caller caller, String id, RequestSource source) {
    Entity account = AccountContext.requireAccount(caller);
    context.write(
        source,
        account.id(),
        write -> {
          if (!TrustedDevices.end(write, account.id(), id)) {
            throw Problem.notFound("You trust no browser '%s'".formatted(id));
          }
          record(write, Kind.BROWSER_DISTRUSTED, account, id, source);
          return true;
        });
  }
}
