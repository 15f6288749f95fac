package dev.varve.face.auth;

import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.ApiKey;
import dev.varve.identity.account.ApiKeys;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.token.OpaqueToken;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/// Making, listing and revoking API keys. A key is shown once, when it is made.
final class ApiKeyFlows {
  // nobody can tell more of them apart
  private static final int KEYS_MAX = 10_000;
  // after every id
  private static final String NEWEST = "g";

  private static final List<Member> KEY =
      List.of(
          Member.text("id"),
          Member.text("name"),
          Member.of("roles", new Route.Type.Texts()),
          Member.instant("createdAt"),
          Member.text("createdBy"),
          Member.instant("lastUsedAt").orNull(),
          Member.instant("expiresAt").orNull(),
          Member.instant("revokedAt").orNull());

  private final AccountStages stages;
  private final ApiKeys keys;
  private final Function<Request, Entity> maker;
  private final SecureRandom random;

  /// @param maker the administrator who may make a key by a request
  ApiKeyFlows(
      AccountStages stages, ApiKeys keys, Function<Request, Entity> maker, SecureRandom random) {
    this.stages = stages;
    this.maker = maker;
    this.keys = keys;
    this.random = random;
  }

  /// `/auth/keys` and `/auth/keys/{id}`, for administrators.
  List<Route> routes() {
    return List.of(
        Endpoint.post("/auth/keys", "makeKey", "Make an API key")
            .says(
                "For programs that call this server, with these roles. The key is shown this once; for administrators, in a fresh session.")
            .asks(Route.Caller.ADMINISTRATOR)
            .takes(ApiKeyRequest.MEMBERS)
            .gives(201, Stream.concat(KEY.stream(), Stream.of(Member.text("key"))).toList())
            .answeredBy(this::make),
        Endpoint.get("/auth/keys", "listKeys", "List the API keys")
            .says("Newest first, those that were revoked too; for administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .gives(
                200,
                List.of(
                    Member.of("items", new Route.Type.Objects(KEY)),
                    Member.text("nextCursor").orNull()))
            .answeredBy(this::list),
        Endpoint.delete("/auth/keys/{id}", "revokeKey", "Revoke an API key")
            .says("From now on nobody is let in by it; for administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .answeredBy(this::revoke));
  }

  private Answer make(Request request) {
    Entity admin = maker.apply(request);
    ApiKeyRequest wanted = ApiKeyRequest.of(request);
    OpaqueToken secret = OpaqueToken.random(random);
    String id = stages.ids().get();
    ApiKey made =
        stages
            .sequencer()
            .submit(
                Caller.actor(admin.id()),
                request.id(),
                write -> insert(write, id, wanted, secret, admin, AccountContext.source(request)));
    return Answer.json(
        201,
        Json.bytes(json -> {
          json.writeStartObject();
          made.write(json);
          json.writeStringProperty("key", ApiKeys.text(id, secret));
          json.writeEndObject();
        }));
  }

  private ApiKey insert(
      WriteContext write,
      String id,
      ApiKeyRequest wanted,
      OpaqueToken secret,
      Entity admin,
      RequestSource source)
      throws SQLException {
    if (ApiKey.count(write.session()) >= KEYS_MAX) {
      throw new Problem(
          ErrorCode.CONFLICT, "There are %,d API keys already, and no more".formatted(KEYS_MAX));
    }
    ApiKey key =
        new ApiKey(
            id,
            wanted.name(),
            wanted.roles(),
            secret.hash(),
            write.at(),
            Caller.actor(admin.id()),
            Optional.empty(),
            wanted.expiresAt(),
            Optional.empty());
    key.insert(write.session());
    stages.events().record(write, event(Kind.KEY_MADE, key, admin, source));
    return key;
  }

  private static Event event(Kind kind, ApiKey key, Entity admin, RequestSource source) {
    return new Event(
        kind,
        Optional.of(admin.id()),
        Optional.empty(),
        Optional.of(source),
        Map.of("key", key.id(), "name", key.name(), "roles", List.copyOf(key.roles())));
  }

  private Answer list(Request request) {
    AccountContext.requireAdministrator(request.caller());
    IdPage asked = IdPage.of(request);
    int limit = asked.limit();
    String before = asked.after().orElse(NEWEST);
    List<ApiKey> found =
        stages.database().read(session -> ApiKey.before(session, before, limit + 1));
    List<ApiKey> page = found.subList(0, Math.min(limit, found.size()));
    Optional<String> next =
        found.size() > limit ? Optional.of(IdPage.cursor(page.getLast().id())) : Optional.empty();
    return Answer.json(200, Json.bytes(json -> write(json, page, next)));
  }

  private static void write(JsonGenerator json, List<ApiKey> page, Optional<String> next) {
    json.writeStartObject();
    json.writeName("items");
    json.writeStartArray();
    for (ApiKey key : page) {
      json.writeStartObject();
      key.write(json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeName("nextCursor");
    Json.write(json, next.orElse(null));
    json.writeEndObject();
  }

  private Answer revoke(Request request) {
    Entity admin = AccountContext.requireAdministrator(request.caller());
    String id = request.variable("id");
    ApiKey revoked =
        stages
            .sequencer()
            .submit(
                Caller.actor(admin.id()),
                request.id(),
                write -> revoke(write, id, admin, AccountContext.source(request)));
    // a request that is reading the key from the database now has it replaced here when it is done
    keys.revoked(revoked);
    return Answer.noContent();
  }

  private ApiKey revoke(WriteContext write, String id, Entity admin, RequestSource source)
      throws SQLException {
    ApiKey key =
        ApiKey.find(write.session(), id)
            .orElseThrow(() -> Problem.notFound("There is no API key with this id"));
    if (key.revokedAt().isPresent()) {
      return key;
    }
    ApiKey.revoke(write.session(), id, write.at());
    write.announce(ApiKeys.TOPIC, id);
    stages.events().record(write, event(Kind.KEY_REVOKED, key, admin, source));
    ApiKey revoked = ApiKey.find(write.session(), id).orElseThrow();
    // before the commit: whoever hears of it there finds the key revoked
    keys.revoked(revoked);
    return revoked;
  }
}
