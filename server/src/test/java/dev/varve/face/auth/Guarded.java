package dev.varve.face.auth;

import dev.varve.face.rest.Rest;
import dev.varve.face.rest.RestSettings;
import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.ApiKeys;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.SecurityEvents;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.client.Clients;
import dev.varve.identity.token.AccessTokens;
import dev.varve.identity.token.JwtSettings;
import dev.varve.identity.token.KeyProofs;
import dev.varve.identity.token.Seal;
import dev.varve.identity.token.Secrets;
import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.identity.token.SigningKeys;
import dev.varve.identity.token.StoredKey;
import dev.varve.kernel.Ids;
import dev.varve.kernel.Json;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.edge.HttpServer;
import dev.varve.net.edge.HttpSettings;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Routes;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import dev.varve.store.follow.LogFreshness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A server over a data folder that knows its callers by bearer tokens, with a clock that tests set. Sessions are open
/// when a test says so.
public final class Guarded implements AutoCloseable {
  public static final String ISSUER = "https://shop.example";
  static final String SCHEMA =
      """
      type Note @model @auth(rules: [{allow: public}]) {
        text: String!
      }
      """;
  public static final JwtSettings RS256 = new JwtSettings(SigningAlgorithm.RS256, 90);
  public static final JwtSettings ES256 = new JwtSettings(SigningAlgorithm.ES256, 90);

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public final SetClock clock;
  public final OpenEngine engine;
  public final SigningKeys keys;
  final AccessTokens tokens;
  public final Set<String> openSessions = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final Secrets secrets;
  private final Ids ids;
  private final HttpServer server;

  /// A clock that stands still until it is set.
  public static final class SetClock extends Clock {
    public volatile Instant now = Instant.parse("2026-03-01T12:00:00.123456Z");

    public void forward(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private Guarded(Path folder, JwtSettings jwt, Map<String, String> environment, SetClock clock) {
    this.folder = folder;
    this.clock = clock;
    this.secrets = Secrets.of(environment);
    this.ids = new Ids(clock, new SecureRandom());
    this.engine = OpenEngine.at(folder, SCHEMA, clock);
    try {
      this.keys =
          SigningKeys.open(
              jwt,
              secrets,
              folder,
              engine.database(),
              engine.sequencer(),
              LogFreshness.always(),
              clock);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
    this.tokens = AuthSettings.DEFAULT.accessTokens(keys, ISSUER, ids);
    this.server = serve();
  }

  private HttpServer serve() {
    SecurityEvents events = new SecurityEvents(engine.schema(), engine.access(), ids);
    AccountStages stages =
        new AccountStages(
            engine.schema(),
            engine.access(),
            engine.query(),
            engine.sequencer(),
            engine.database(),
            clock,
            ids,
            events,
            new Sessions(engine.database(), clock, LogFreshness.always()));
    ApiKeys apiKeys =
        new ApiKeys(engine.database(), engine.sequencer(), clock, LogFreshness.always());
    BearerAuthentication authentication =
        new BearerAuthentication(
            tokens,
            apiKeys,
            new SessionCallers(
                openSessions::contains, engine.access(), engine.query(), engine.schema().account()),
            Clients.NONE,
            clock,
            new RequestProofs(KeyProofs.ofOneProcess(Set.of(), clock, new SecureRandom())));
    Routes.Builder routes = Routes.builder();
    routes.get("/.well-known/jwks.json", request -> PublishedKeys.answer(keys, request));
    routes.add(
        new ApiKeyFlows(
                stages,
                apiKeys,
                request -> AccountContext.requireAdministrator(request.caller()),
                new SecureRandom())
            .routes());
    routes.get("/whoami", request -> whoami(request.caller()));
    Rest rest =
        new Rest(
            engine.schema(),
            1,
            RestSettings.DEFAULT,
            engine.access(),
            engine.query(),
            engine.sequencer(),
            ids);
    routes.add(rest.routes());
    HttpSettings settings =
        HttpFixture.settings(
            "127.0.0.1", 0, 1 << 20, 32_768, 8_192, 64, 64, 2_000, 64, 60, 30, 60, 10, "");
    return HttpServer.start(settings, routes.build(), clock, ids, authentication);
  }

  private static Answer whoami(Caller caller) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("actor", caller.actor());
    shown.put("roles", List.copyOf(new TreeSet<>(caller.roles())));
    caller.session().ifPresent(session -> shown.put("session", session));
    return Answer.json(200, Json.bytes(json -> Json.write(json, shown)));
  }

  public static Guarded at(Path folder, JwtSettings jwt) {
    return at(folder, jwt, Map.of());
  }

  public static Guarded at(Path folder, JwtSettings jwt, Map<String, String> environment) {
    return new Guarded(folder, jwt, environment, new SetClock());
  }

  public static Guarded at(
      Path folder, JwtSettings jwt, Map<String, String> environment, SetClock clock) {
    return new Guarded(folder, jwt, environment, clock);
  }

  /// What came back.
  public record Reply(
      int status, String text, String challenge, Map<String, List<String>> headers) {
    public @Nullable Object at(String... path) {
      Object value = Json.read(text.getBytes(StandardCharsets.UTF_8));
      for (String name : path) {
        value = value instanceof Map<?, ?> members ? members.get(name) : null;
      }
      return value;
    }

    public String string(String... path) {
      return String.valueOf(at(path));
    }
  }

  /// @param authorization the header; none when empty
  public Reply send(String method, String target, String authorization, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + target));
    request.method(
        method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
      return new Reply(
          response.statusCode(),
          response.body(),
          response.headers().firstValue("WWW-Authenticate").orElse(""),
          response.headers().map());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public Reply whoami(String authorization) {
    return send("GET", "/whoami", authorization, "");
  }

  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /// Makes an account.
  public String account(String email, String... roles) {
    String id = ids.get();
    String json =
        "{\"email\": \"%s\", \"name\": \"Ada\", \"roles\": [%s]}"
            .formatted(
                email,
                String.join(", ", List.of(roles).stream().map(role -> '"' + role + '"').toList()));
    AccountModel accounts = accounts();
    Map<Field, Object> fields = new LinkedHashMap<>();
    Map<?, ?> given = (Map<?, ?>) Objects.requireNonNull(Json.read(utf8(json)));
    given.forEach((name, value) ->
        fields.put(accounts.model().field(String.valueOf(name)).orElseThrow(), value));
    apply(new Command.Create(accounts.model(), id, true, accounts.input(fields)));
    return id;
  }

  void disable(String accountId) {
    AccountModel accounts = accounts();
    apply(
        new Command.Merge(
            accounts.model(),
            accountId,
            accounts.input(Map.of(accounts.disabled(), true)),
            Precondition.NONE));
  }

  void giveRoles(String accountId, List<String> roles) {
    AccountModel accounts = accounts();
    apply(
        new Command.Merge(
            accounts.model(),
            accountId,
            accounts.input(Map.of(accounts.roles(), roles)),
            Precondition.NONE));
  }

  void delete(String accountId) {
    apply(new Command.Delete(accounts().model(), accountId, Precondition.NONE));
  }

  private AccountModel accounts() {
    return AccountModel.of(engine.schema().account());
  }

  private void apply(Command command) {
    Caller operator = Caller.operator("test");
    engine
        .sequencer()
        .submit(
            operator.actor(),
            "test",
            write ->
                write.apply(engine.access().authorize(operator, command)).entity().map(Entity::id));
  }

  /// A token of an account in a session that is open.
  public String token(String accountId) {
    openSessions.add("session-1");
    return tokens.issue(accountId, "session-1", clock.now);
  }

  public long position() {
    return engine.log().head().position();
  }

  /// The newest signing key with its private half.
  public KeyPair newestPair() {
    try {
      StoredKey newest = engine.database().read(StoredKey::all).getLast();
      return newest.pair(Seal.find(secrets, folder, new SecureRandom()).orElseThrow());
    } catch (Seal.Broken e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.close();
    engine.close();
  }
}
