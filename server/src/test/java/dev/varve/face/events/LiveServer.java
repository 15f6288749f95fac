package dev.varve.face.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.graphql.FeedOperations;
import dev.varve.face.graphql.GraphQlEventStream;
import dev.varve.face.graphql.GraphQlSocket;
import dev.varve.face.rest.Rest;
import dev.varve.face.rest.RestSettings;
import dev.varve.identity.account.SecurityEvents;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Ids;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Problem;
import dev.varve.kernel.TestFolders;
import dev.varve.lane.access.Caller;
import dev.varve.lane.live.CommittedQueue;
import dev.varve.lane.live.Feed;
import dev.varve.lane.live.LiveSettings;
import dev.varve.lane.live.Streams;
import dev.varve.net.cors.CorsSettings;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.edge.HttpServer;
import dev.varve.net.edge.HttpSettings;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Routes;
import dev.varve.node.OpenEngine;
import dev.varve.schema.record.Entity;
import dev.varve.settings.SettingRecords;
import dev.varve.store.sql.Session;
import dev.varve.store.state.Records;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Both lanes, REST and the feed behind a listener, with callers that a test makes up: who sends `Authorization:
/// operator` may do everything; accounts are records of the model `Person`, by token.
public final class LiveServer implements AutoCloseable, Authentication {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /// How long a stop would take that did not end what is open.
  static final int GRACE_SECONDS = 60;

  public static final HttpSettings HTTP =
      SettingRecords.changed(
          HttpFixture.settings(
              "127.0.0.1",
              0,
              1 << 22,
              16_384,
              8_192,
              64,
              64,
              2_000,
              4_096,
              60,
              30,
              60,
              GRACE_SECONDS,
              ""),
          Map.of("cors", CorsSettings.DEFAULT.allowing(List.of("https://shop.example"))));

  private final Path folder;
  private final CommittedQueue committed = new CommittedQueue();
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final OpenEngine engine;
  private final Records records;
  private final Feed feed;
  private final HttpServer server;

  private record Account(String personId, Set<String> roles) {}

  private LiveServer(String schema, LiveSettings live, HttpSettings http, Duration beginning)
      throws IOException {
    this.folder = Files.createTempDirectory("varve-live-");
    Clock clock = Clock.systemUTC();
    Ids ids = new Ids(clock, new SecureRandom());
    this.engine = OpenEngine.at(folder, schema, clock, committed);
    this.records = new Records(engine.database().dialect(), engine.schema().models());
    this.feed =
        new Feed(
                engine.applied(),
                engine.access(),
                engine.database(),
                engine.log(),
                committed,
                clock,
                live,
                ServerSentEvent::notice,
                SecurityEvents::told)
            .start();
    Routes.Builder routes = Routes.builder();
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
    routes.add(new Events(engine.schema(), new Streams(feed)).routes());
    FeedOperations operations = new FeedOperations(engine.schema(), feed);
    routes.webSocket(
        "/graphql",
        request ->
            Answer.webSocket(
                GraphQlSocket.PROTOCOL, new GraphQlSocket(request, operations, beginning)));
    routes.get(
        "/graphql",
        request ->
            Answer.streaming(
                "text/event-stream",
                new GraphQlEventStream(
                    operations,
                    request::callerNow,
                    Map.of("query", request.query().value("query").orElse("")))));
    this.server = HttpServer.start(http, routes.build(), clock, ids, this);
  }

  public static LiveServer start(String schema) {
    return start(schema, LiveSettings.DEFAULT, HTTP);
  }

  /// @param beginning how long a WebSocket may take for its first message
  public static LiveServer start(String schema, Duration beginning) {
    return start(schema, LiveSettings.DEFAULT, HTTP, beginning);
  }

  public static LiveServer start(String schema, LiveSettings live) {
    return start(schema, live, HTTP);
  }

  public static LiveServer start(String schema, LiveSettings live, HttpSettings http) {
    return start(schema, live, http, Duration.ofSeconds(Patience.SECONDS));
  }

  private static LiveServer start(
      String schema, LiveSettings live, HttpSettings http, Duration beginning) {
    try {
      return new LiveServer(schema, live, http, beginning);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Caller caller(String authorization) {
    if (authorization.isEmpty()) {
      return Caller.ANONYMOUS;
    }
    if (authorization.equals("operator")) {
      return Caller.trusted("test");
    }
    Account account = accounts.get(authorization);
    if (account == null) {
      throw new Problem(ErrorCode.TOKEN_EXPIRED, "The token has expired");
    }
    return engine
        .database()
        .read((Session session) ->
            records.find(session, engine.schema().require("Person"), account.personId()))
        .map((Entity person) -> caller(person, account))
        .orElseThrow(() -> new Problem(ErrorCode.UNAUTHENTICATED, "The account is gone"));
  }

  /// A person whose field `boss` is set may do everything.
  private static Caller caller(Entity person, Account account) {
    Caller caller = Caller.account(person, account.roles(), "session");
    boolean boss =
        person.model().field("boss").map(field -> person.value(field)).orElse(false).equals(true);
    return boss
        ? new Caller(
            Caller.Kind.OPERATOR,
            caller.actor(),
            caller.account(),
            caller.roles(),
            caller.session())
        : caller;
  }

  public void signIn(String token, String personId, String... roles) {
    accounts.put(token, new Account(personId, Set.of(roles)));
  }

  public void expire(String token) {
    accounts.remove(token);
  }

  public int port() {
    return server.port();
  }

  public Feed feed() {
    return feed;
  }

  OpenEngine engine() {
    return engine;
  }

  public HttpServer http() {
    return server;
  }

  public EventReader open(String target, String... headers) {
    EventReader reader = EventReader.open(port(), target, headers);
    assertThat(reader.response().statusCode()).isEqualTo(200);
    return reader;
  }

  /// @param body JSON; apostrophes stand for quotation marks
  public void post(String target, String body) {
    accepted(send("POST", target, body));
  }

  void patch(String target, String body) {
    accepted(send("PATCH", target, body));
  }

  void delete(String target) {
    accepted(send("DELETE", target, ""));
  }

  void batch(String... operations) {
    post("/api/batch", "{'operations': [" + String.join(", ", operations) + "]}");
  }

  private static void accepted(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
  }

  /// Writes as somebody who may do everything.
  private HttpResponse<String> send(String method, String target, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    HttpRequest.Builder request = to(target).header("Authorization", "operator");
    if (!body.isEmpty()) {
      request.header("Content-Type", type);
    }
    return send(
        request.method(
            method,
            body.isEmpty()
                ? BodyPublishers.noBody()
                : BodyPublishers.ofString(body.replace('\'', '"'))));
  }

  public HttpRequest.Builder to(String target) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + target));
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop();
    feed.close();
    engine.close();
    TestFolders.delete(folder);
  }
}
