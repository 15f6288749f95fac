package dev.varve.node;

import dev.varve.face.auth.PageSettings;
import dev.varve.face.file.StaticFolder;
import dev.varve.face.gateway.GatewaySettings;
import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.face.rest.RestSettings;
import dev.varve.identity.account.Administration;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.PasswordSettings;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.identity.mail.MailSettings;
import dev.varve.identity.token.JwtSettings;
import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.Json;
import dev.varve.kernel.TestFolders;
import dev.varve.lane.live.LiveSettings;
import dev.varve.lane.write.WriteSettings;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.edge.HttpSettings;
import dev.varve.net.http.Route;
import dev.varve.net.limit.LimitSettings;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Schemas;
import dev.varve.settings.SettingRecords;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.telemetry.TelemetrySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A whole server for tests: a schema text, a folder of its own, a free port.
///
/// ```
/// try (TestServer server = TestServer.start(SCHEMA)) {
///   Reply created = server.send("POST", "/api/notes", Map.of(), "{\"text\": \"hello\"}");
/// }
/// ```
public final class TestServer implements AutoCloseable {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Path folder;
  private Plan plan;
  private App app;

  private TestServer(Path folder, Plan plan, App app) {
    this.folder = folder;
    this.plan = plan;
    this.app = app;
  }

  /// What serves.
  App running() {
    return app;
  }

  /// What came back.
  public record Reply(int status, Map<String, List<String>> headers, byte[] bytes) {
    /// The body as text.
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /// The body as a plain value, as [Json] reads it.
    public @Nullable Object json() {
      return Json.read(bytes);
    }

    /// The value of a header, or an empty text.
    public String header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().getFirst())
          .findFirst()
          .orElse("");
    }
  }

  /// How a server is started.
  ///
  /// @param development whether it keeps mails, as `varve dev` does
  /// @param environment where its secrets come from
  /// @param clock by which it writes, and by which what is valid ends
  /// @param http of the settings of the listener makes those that it gets
  /// @param networkSharePercent what one network may take; of this machine, unless tests say otherwise, all
  public record Plan(
      String schema,
      RestSettings rest,
      GraphQlSettings graphql,
      AuthSettings auth,
      OAuthSettings oauth,
      PageSettings pages,
      MailSettings mail,
      boolean development,
      Map<String, String> environment,
      Clock clock,
      TelemetrySettings telemetry,
      List<StaticFolder> files,
      List<LimitSettings> limits,
      NodesSettings nodes,
      GatewaySettings gateway,
      int networkSharePercent,
      UnaryOperator<HttpSettings> http) {
    /// One that keeps mails, and hashes passwords at less cost than a setting allows.
    public static Plan of(String schema) {
      return new Plan(
          schema,
          RestSettings.DEFAULT,
          GraphQlSettings.DEFAULT,
          CHEAP,
          OAuthSettings.NONE,
          PageSettings.DEFAULT,
          MailSettings.DEFAULT,
          true,
          Map.of(),
          Clock.systemUTC(),
          TelemetrySettings.DEFAULT,
          List.of(),
          List.of(),
          NodesSettings.DEFAULT,
          GatewaySettings.NONE,
          100,
          UnaryOperator.identity());
    }

    /// The same over another schema.
    public Plan over(String other) {
      return with(Map.of("schema", other));
    }

    public Plan with(RestSettings other) {
      return with(Map.of("rest", other));
    }

    public Plan with(GraphQlSettings other) {
      return with(Map.of("graphql", other));
    }

    public Plan with(OAuthSettings other) {
      return with(Map.of("oauth", other));
    }

    public Plan with(PageSettings other) {
      return with(Map.of("pages", other));
    }

    public Plan with(AuthSettings other) {
      return with(Map.of("auth", other));
    }

    public Plan with(TelemetrySettings other) {
      return with(Map.of("telemetry", other));
    }

    public Plan with(Clock other) {
      return with(Map.of("clock", other));
    }

    /// One that sends mails, or has nowhere to send them.
    public Plan sending(MailSettings other, Map<String, String> secrets) {
      return with(Map.of("mail", other, "development", false, "environment", secrets));
    }

    /// The same, with secrets in its environment.
    public Plan knowing(Map<String, String> secrets) {
      return with(Map.of("environment", secrets));
    }

    /// One that serves folders of files.
    public Plan serving(List<StaticFolder> others) {
      return with(Map.of("files", others));
    }

    /// One that stands in front of services.
    public Plan with(GatewaySettings other) {
      return with(Map.of("gateway", other));
    }

    /// One that takes so much from one network.
    public Plan sharing(int percent) {
      return with(Map.of("networkSharePercent", percent));
    }

    /// One that listens otherwise, such as over TLS, where [#send] does not reach it.
    public Plan listening(UnaryOperator<HttpSettings> other) {
      return with(Map.of("http", other));
    }

    /// One that goes together with others on its database.
    public Plan with(NodesSettings other) {
      return with(Map.of("nodes", other));
    }

    public Plan limiting(List<LimitSettings> others) {
      return with(Map.of("limits", others));
    }

    private Plan with(Map<String, ?> parts) {
      return SettingRecords.changed(this, parts);
    }
  }

  /// The default settings but for the cost of keys and passwords.
  public static final AuthSettings CHEAP =
      SettingRecords.changed(
          AuthSettings.DEFAULT,
          Map.of(
              "jwt",
              new JwtSettings(SigningAlgorithm.ES256, 90),
              "password",
              new PasswordSettings(256, 1, 1, 64)));

  public static TestServer start(String schema) {
    return start(Plan.of(schema));
  }

  public static TestServer start(String schema, RestSettings rest) {
    return start(Plan.of(schema).with(rest));
  }

  public static TestServer start(String schema, GraphQlSettings graphql) {
    return start(Plan.of(schema).with(graphql));
  }

  public static TestServer start(Plan plan) {
    try {
      Path folder = Files.createTempDirectory("varve-test-");
      TestStorage.prepare(folder);
      return new TestServer(folder, plan, app(folder, plan));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One on PostgreSQL, whatever the tests run on.
  public static TestServer startInPostgres(String schema) {
    return startInPostgres(Plan.of(schema), UnaryOperator.identity());
  }

  public static TestServer startInPostgres(Plan plan) {
    return startInPostgres(plan, UnaryOperator.identity());
  }

  /// The same, reached by other settings.
  public static TestServer startInPostgres(String schema, UnaryOperator<DatabaseSettings> change) {
    return startInPostgres(Plan.of(schema), change);
  }

  public static TestServer startInPostgres(Plan plan, UnaryOperator<DatabaseSettings> change) {
    try {
      Path folder = Files.createTempDirectory("varve-test-");
      TestStorage.inPostgres(folder, change);
      return new TestServer(folder, plan, app(folder, plan));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One on a database that a test has made itself.
  public static TestServer startAt(Plan plan, DatabaseSettings database) {
    try {
      Path folder = Files.createTempDirectory("varve-test-");
      TestStorage.at(folder, database);
      return new TestServer(folder, plan, app(folder, plan));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// So many nodes that start at once on a database of PostgreSQL in which there is nothing yet.
  public static List<TestServer> startTogether(Plan plan, int nodes) throws Exception {
    List<Path> folders = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      folders.add(Files.createTempDirectory("varve-test-"));
    }
    TestStorage.inEmptyPostgres(folders);
    return AtOnce.all(
        folders.stream()
            .<Callable<TestServer>>map(
                folder -> () -> new TestServer(folder, plan, app(folder, plan)))
            .toList());
  }

  /// Another node on the same database of PostgreSQL.
  public TestServer beside() {
    return beside(plan);
  }

  /// The same as another plan has it.
  public TestServer beside(Plan other) {
    try {
      Path besides = Files.createTempDirectory("varve-test-");
      TestStorage.beside(besides, folder);
      return new TestServer(besides, other, app(besides, other));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Both lanes on the same database of PostgreSQL, as commands have them beside nodes that serve.
  public OpenEngine engineBeside() {
    try {
      Path besides = Files.createTempDirectory("varve-test-");
      TestStorage.beside(besides, folder);
      return OpenEngine.at(besides, plan.schema(), plan.clock());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops the server and starts it again on the same data.
  public void restart() {
    restart(plan);
  }

  /// Stops the server, and starts it again once that is done.
  public void restartAfter(Runnable meanwhile) {
    app.close();
    meanwhile.run();
    app = app(folder, plan);
  }

  /// Starts it as another plan has it.
  public void restart(Plan other) {
    app.close();
    plan = other;
    app = app(folder, plan);
  }

  private static App app(Path folder, Plan plan) {
    Schema schema = Schemas.parse(plan.schema());
    App.Start start = new App.Start(plan.development(), Optional.empty(), plan.environment());
    return App.start(
        start, settings(plan, folder), folder, schema, OpenEngine.compile(schema), plan.clock());
  }

  private static Settings settings(Plan plan, Path folder) {
    HttpSettings http =
        HttpFixture.settings(
            "127.0.0.1", 0, 1 << 20, 16_384, 8_192, 256, 256, 2_000, 1_024, 60, 30, 60, 10, "");
    return new Settings(
        plan.http()
            .apply(
                SettingRecords.changed(
                    http, Map.of("networkSharePercent", plan.networkSharePercent()))),
        plan.limits(),
        TestStorage.settings(folder),
        plan.nodes(),
        WriteSettings.DEFAULT,
        CacheSettings.DEFAULT,
        plan.rest(),
        plan.graphql(),
        LiveSettings.DEFAULT,
        plan.auth(),
        plan.oauth(),
        plan.pages(),
        plan.mail(),
        plan.telemetry(),
        plan.files(),
        plan.gateway());
  }

  /// Serves other services, routes and aggregates.
  ///
  /// @param other of which the gateway alone is taken
  /// @return what else is other, and waits for a restart
  public List<String> reload(Plan other) {
    return app.reload(settings(other, folder));
  }

  /// Serves another schema over the same data.
  public void reload(String text) {
    Schema schema = Schemas.parse(text);
    app.reload(schema, OpenEngine.compile(schema));
  }

  /// What an operator does with accounts.
  public Administration administration() {
    return app.administration();
  }

  /// The e-mail address and the password of the administrator that `varve dev` makes, if it makes one.
  public Optional<Map.Entry<String, String>> firstAdministrator() {
    return app.ensureAdministrator().map(made -> Map.entry(made.email(), made.password()));
  }

  public int port() {
    return app.port();
  }

  /// Everything that callers may ask for.
  public List<Route> routes() {
    return app.routes();
  }

  /// @param target path and query, percent-encoded where it must be
  /// @param body empty for none; sent as JSON unless the headers say otherwise
  public Reply send(String method, String target, Map<String, String> headers, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + target));
    request.method(
        method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty() && !headers.containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    try {
      HttpResponse<byte[]> response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
      return new Reply(response.statusCode(), response.headers().map(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public Reply get(String target) {
    return send("GET", target, Map.of(), "");
  }

  /// The last position of the log.
  public long position() {
    return events(0).size();
  }

  /// What the log holds behind a position: for each unit its changes, as `CREATE Order, UPDATE Product`.
  public List<String> events(long afterPosition) {
    List<String> units = new ArrayList<>();
    try (Connection connection = connect();
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT events FROM varve_log WHERE position > ? ORDER BY position")) {
      select.setLong(1, afterPosition);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          units.add(changes(rows.getBytes(1)));
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return units;
  }

  /// The first column of what a query finds in the database, as text.
  public List<String> column(String sql) {
    List<String> values = new ArrayList<>();
    try (Connection connection = connect();
        PreparedStatement select = connection.prepareStatement(sql);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        values.add(text(rows));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return values;
  }

  /// The same whichever database it is, of which one has no truth values.
  private static String text(ResultSet row) throws SQLException {
    return row.getObject(1) instanceof Boolean bool
        ? (bool ? "1" : "0")
        : String.valueOf(row.getString(1));
  }

  /// Where the data are, as `varve.yaml` has it.
  public DatabaseSettings storage() {
    return TestStorage.settings(folder);
  }

  /// A connection of its own to the data.
  public Connection connect() throws SQLException {
    return TestStorage.connect(folder);
  }

  /// The file of the database.
  public Path database() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".db")).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String changes(byte[] events) {
    List<String> changes = new ArrayList<>();
    if (Json.read(events) instanceof List<?> all) {
      for (Object change : all) {
        if (change instanceof Map<?, ?> members) {
          changes.add(members.get("op") + " " + members.get("model"));
        }
      }
    }
    return String.join(", ", changes);
  }

  @Override
  public void close() {
    app.close();
    TestStorage.delete(folder);
    TestFolders.delete(folder);
  }
}
