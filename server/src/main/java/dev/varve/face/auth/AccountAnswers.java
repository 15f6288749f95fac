package dev.varve.face.auth;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Json;
import dev.varve.lane.access.Caller;
import dev.varve.lane.query.FoundRecord;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.EntityWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Answers of accounts, as JSON.
final class AccountAnswers {
  /// The members of [#signedIn].
  static final List<Member> TOKENS =
      List.of(
          Member.text("accessToken"),
          Member.text("tokenType"),
          Member.of("expiresIn", new Route.Type.Count()),
          Member.text("refreshToken"),
          Member.of("account", new Route.Type.Account()));

  private static final List<Member> WHO =
      List.of(
          Member.of("account", new Route.Type.Account()).orNull(),
          Member.of("roles", new Route.Type.Texts()),
          Member.text("session").orNull(),
          Member.text("csrfToken").optional());

  private final AccountContext context;
  private final OwnRecord own;

  AccountAnswers(AccountContext context) {
    this.context = context;
    this.own = new OwnRecord(context);
  }

  /// That something was accepted, and what comes next.
  static Answer message(String text) {
    return Answer.json(202, Json.bytes(json -> Json.write(json, Map.of("message", text))));
  }

  /// The tokens of a session (RFC 6749, section 5.1, in Varve's camel case).
  ///
  /// @param recoveryCodes of an account that has just enrolled its first factor; none of others
  Answer signedIn(Entity account, String session, OpaqueToken refresh, List<String> recoveryCodes) {
    String access =
        context.accessTokens().issue(account.id(), session, context.stages().clock().instant());
    Optional<FoundRecord> found = own.of(context.caller(account, session));
    return Answer.json(
        200,
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("accessToken", access);
          json.writeStringProperty("tokenType", "Bearer");
          json.writeNumberProperty("expiresIn", context.accessTokens().lifetimeSeconds());
          json.writeStringProperty("refreshToken", refresh.text());
          if (!recoveryCodes.isEmpty()) {
            json.writeName("recoveryCodes");
            Json.write(json, recoveryCodes);
          }
          json.writeName("account");
          write(json, account.id(), found);
          json.writeEndObject();
        }));
  }

  Route route() {
    return Endpoint.get("/auth/me", "me", "Who asks")
        .says(
            "The account, the roles and the session behind the request; an API key has roles alone, and nobody has none. Who is known by a cookie also gets the token that browsers without Sec-Fetch-Site send in X-CSRF-Token.")
        .asks(Route.Caller.ANYBODY_OR_KNOWN)
        .gives(200, WHO)
        .answeredBy(this::me);
  }

  /// Who sends a request.
  ///
  /// @throws Problem FORBIDDEN to an application that was not given all that the account may
  Answer me(Request request) {
    Caller caller = request.caller();
    AccountContext.requireUnbound(caller);
    Optional<FoundRecord> found = caller.account().isEmpty() ? Optional.empty() : own.of(caller);
    return Answer.json(
        200,
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeName("account");
          if (caller.account().isPresent()) {
            write(json, caller.account().get().id(), found);
          } else {
            json.writeNull();
          }
          json.writeName("roles");
          json.writeStartArray();
          caller.roles().stream().sorted().forEach(json::writeString);
          json.writeEndArray();
          json.writeName("session");
          if (caller.session().isPresent()) {
            json.writeString(caller.session().get());
          } else {
            json.writeNull();
          }
          csrfToken(request, caller)
              .ifPresent(token -> json.writeStringProperty("csrfToken", token));
          json.writeEndObject();
        }));
  }

  private static Optional<String> csrfToken(Request request, Caller caller) {
    boolean byCookie = caller.known() && request.header("Authorization").isEmpty();
    return byCookie ? BrowserCookies.SESSION.of(request).map(SameOrigin::token) : Optional.empty();
  }

  /// An account of which the rules show nothing still has its id: its tokens name that too.
  private static void write(JsonGenerator json, String id, Optional<FoundRecord> found) {
    if (found.isPresent()) {
      EntityWriter.write(json, found.get().item().entity(), found.get().item().visible());
    } else {
      json.writeStartObject();
      json.writeStringProperty("id", id);
      json.writeEndObject();
    }
  }
}
