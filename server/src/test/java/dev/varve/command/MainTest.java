package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.Main;
import dev.varve.node.App;
import dev.varve.node.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
  @TempDir Path temporary;

  private Path app;

  @BeforeEach
  void name() {
    app = temporary.resolve("todo");
  }

  private record Ran(int exit, String out, String err) {}

  private Ran run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Main.commandLine(arguments).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exit = command.execute(arguments);
    return new Ran(exit, shown(out), shown(err));
  }

  private String shown(StringWriter text) {
    return text.toString().replace(temporary + "/", "").replace(System.lineSeparator(), "\n");
  }

  @Test
  void newMakesAnApplicationThatIsFine() {
    assertThat(run("new", app.toString()))
        .isEqualTo(new Ran(0, "Made todo. Next:\n\n  varve dev todo\n", ""));
    assertThat(run("check", app.toString()))
        .isEqualTo(
            new Ran(
                0,
                "todo/schema.graphql is fine: 2 models, 1 relation, 1 enum, 0 value types; Varve adds User and SecurityEvent\n",
                ""));
  }

  @Test
  void checkSaysWhichModelsNobodyMayUse() throws Exception {
    Files.createDirectories(app);
    Files.writeString(
        app.resolve("schema.graphql"),
        "type A @model { text: String }\ntype B @model @auth(rules: [{allow: public}]) { text: String }\n");
    assertThat(run("check", app.toString()).out())
        .contains("is fine: 2 models")
        .endsWith(
            "Note: A has no rules, so nobody may do anything with its records. Give it @auth(rules: [...])\n");
  }

  @Test
  void newOverwritesNothing() throws Exception {
    Files.createDirectories(app);
    Files.writeString(app.resolve("notes.txt"), "mine");
    assertThat(run("new", app.toString()))
        .isEqualTo(
            new Ran(
                1,
                "",
                "todo is not empty (it holds notes.txt). Name a folder that does not exist yet\n"));
    assertThat(app.toFile().list()).containsExactly("notes.txt");
    assertThat(run("new", app.resolve("notes.txt").toString()).err())
        .isEqualTo("todo/notes.txt is a file. Name a folder that does not exist yet\n");
  }

  @Test
  void newTakesAnEmptyFolder() throws Exception {
    Files.createDirectories(app);
    assertThat(run("new", app.toString()).exit()).isZero();
  }

  @Test
  void theStarterAnswersItsReadme() throws Exception {
    run("new", app.toString());
    for (String model : List.of("Project", "Task")) {
      Path seed = app.resolve("seed").resolve(model + ".ndjson");
      assertThat(run("import", app.toString(), model + "=" + seed).exit()).isZero();
    }
    AppFolder folder = CommandLine.populateCommand(new AppFolder(), app.toString());
    AppFolder.LoadedSchema loaded = folder.schema();
    Settings settings = Settings.read(app, Map.of("VARVE_HTTP_PORT", "0"));
    try (App running =
            App.start(
                App.Start.production(),
                settings,
                folder.data(),
                loaded.schema(),
                loaded.access(),
                Clock.systemUTC());
        HttpClient client = HttpClient.newHttpClient()) {
      List<Integer> statuses = new ArrayList<>();
      for (HttpRequest request : requestsIn(app.resolve("README.md"), running.port())) {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        statuses.add(response.statusCode());
      }
      assertThat(statuses).containsExactly(200, 201, 200, 200, 200);
      assertThat(get(client, running, "/api/tasks/sow?asOf=position:2"))
          .contains("\"status\":\"OPEN\"");
      assertThat(get(client, running, "/api/tasks/sow")).contains("\"status\":\"DONE\"");
    }
    assertThat(run("plan", app.toString()))
        .isEqualTo(new Ran(0, "Nothing to do: the stored data are as the schema says.\n", ""));
    assertThat(run("verify", app.toString()).exit()).isZero();
  }

  private static String get(HttpClient client, App running, String target)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running.port() + target)).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  /// The curl commands of a page.
  private static List<HttpRequest> requestsIn(Path page, int port) throws IOException {
    List<HttpRequest> requests = new ArrayList<>();
    String text = Files.readString(page).replace("\\\n", " ");
    text.lines()
        .filter(line -> line.startsWith("curl "))
        .forEach(line -> requests.add(request(line, port)));
    return requests;
  }

  private static HttpRequest request(String curl, int port) {
    HttpRequest.Builder request = HttpRequest.newBuilder();
    String method = "GET";
    String body = "";
    List<String> words = words(curl);
    for (int i = 1; i < words.size(); i++) {
      switch (words.get(i)) {
        case "-X" -> method = words.get(++i);
        case "-H" -> {
          String header = words.get(++i);
          int colon = header.indexOf(": ");
          request.header(header.substring(0, colon), header.substring(colon + 2));
        }
        case "-d" -> {
          body = words.get(++i);
          method = method.equals("GET") ? "POST" : method;
        }
        default ->
            request.uri(URI.create(words.get(i).replace("localhost:8080", "127.0.0.1:" + port)));
      }
    }
    return request.method(method, BodyPublishers.ofString(body)).build();
  }

  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    Matcher matcher = Pattern.compile("'([^']*)'|(\\S+)").matcher(command);
    while (matcher.find()) {
      words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    return words;
  }

  @Test
  void checkReportsTheMistakesOfAllFilesAtOnce() throws Exception {
    run("new", app.toString());
    Files.writeString(
        app.resolve("schema.graphql"),
        """
        type Note @model @auth(rules: [{allow: public}]) {
          text: Strin!
          size: Intt
        }
        """);
    Files.writeString(app.resolve("varve.yaml"), "http: {prot: 1}");
    Ran ran = run("check", app.toString());
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines())
        .hasSize(4)
        .anyMatch(line -> line.startsWith("todo/schema.graphql:2:") && line.contains("String"))
        .anyMatch(line -> line.startsWith("todo/schema.graphql:3:") && line.contains("Int"))
        .contains("2 mistakes")
        .contains(
            "todo/varve.yaml:1:8: There is no setting 'http.prot'. Did you mean 'http.port'?");
  }

  @Test
  void checkOfAFolderWithoutASchemaSaysHowToMakeOne() {
    assertThat(run("check", app.toString()))
        .isEqualTo(
            new Ran(
                1,
                "",
                "There is no todo/schema.graphql. Name the folder that holds it, or make one with `varve new DIR`\n"));
  }

  @Test
  void planShowsWhatAChangedSchemaWouldDo() throws Exception {
    run("new", app.toString());
    assertThat(run("plan", app.toString()))
        .isEqualTo(
            new Ran(
                1,
                "",
                "There are no data in todo/.varve. Serve or import first, or name the folder with --data\n"));
    Path seed = app.resolve("seed").resolve("Project.ndjson");
    run("import", app.toString(), "Project=" + seed);
    String schema = Files.readString(app.resolve("schema.graphql"));
    Files.writeString(
        app.resolve("schema.graphql"), schema + "\ntype Note @model { text: String }\n");
    assertThat(run("plan", app.toString()))
        .isEqualTo(
            new Ran(
                0,
                """
                Adds the model Note, served at /api/notes.
                Safe: applied when the application is served next.
                """,
                ""));
    Files.writeString(
        app.resolve("schema.graphql"),
        schema.replace("hours: Decimal @scale(digits: 2)", "hours: Decimal @scale(digits: 1)"));
    Ran refused = run("plan", app.toString());
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.out())
        .startsWith("schema.graphql:")
        .contains("hours")
        .endsWith("Refused: nothing is altered until the lines above are mended.\n");
  }

  @Test
  void aCertificateThatCannotBeServedIsReportedWithItsPlaceInTheSettings() throws Exception {
    run("new", app.toString());
    Files.writeString(
        app.resolve("varve.yaml"),
        """
        http:
          port: 0
          tls:
            certificate: cert.pem
            key: key.pem
        """);
    assertThat(run("serve", app.toString()))
        .isEqualTo(
            new Ran(
                1,
                "",
                "todo/varve.yaml:4:18: http.tls.certificate names todo/cert.pem, and there is no such file\n"));
    Files.writeString(app.resolve("varve.yaml"), "http: {tls: {key: key.pem}}\n");
    assertThat(run("serve", app.toString()).err())
        .isEqualTo(
            "todo/varve.yaml:1:19: http.tls.key is set without http.tls.certificate: name the certificate that it belongs to\n");
  }

  @Test
  void aServerThatWouldTakeCredentialsInTheClearDoesNotStart() throws Exception {
    run("new", app.toString());
    Files.writeString(app.resolve("varve.yaml"), "http: {host: 0.0.0.0, port: 0}\n");
    String message =
        "http.host is 0.0.0.0, and passwords and tokens would cross the network in the clear. Set http.tls.certificate or http.tls.acme.domains for HTTPS; or http.trustedProxies where a proxy in front speaks it; or http.insecure: true where nobody else hears\n";
    assertThat(run("serve", app.toString()))
        .isEqualTo(new Ran(1, "", "todo/varve.yaml:1:14: " + message));
    Files.writeString(app.resolve("varve.yaml"), "");
    assertThat(run("serve", app.toString(), "--host", "0.0.0.0", "--port", "0").err())
        .isEqualTo("the settings: " + message);
  }

  @Test
  void aPortThatIsTakenIsReportedWithoutAStackTrace() throws Exception {
    run("new", app.toString());
    AppFolder folder = CommandLine.populateCommand(new AppFolder(), app.toString());
    Settings settings = Settings.read(app, Map.of("VARVE_HTTP_PORT", "0"));
    try (App running =
        App.start(
            App.Start.production(),
            settings,
            temporary.resolve("elsewhere"),
            folder.schema().schema(),
            folder.schema().access(),
            Clock.systemUTC())) {
      String port = Integer.toString(running.port());
      assertThat(run("serve", app.toString(), "--port", port))
          .isEqualTo(
              new Ran(
                  1,
                  "",
                  "Cannot listen on 127.0.0.1:%s: Address already in use. Choose another with --host and --port, or with the settings http.host and http.port\n"
                      .formatted(port)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "new", "check", "plan", "access", "dev", "serve", "user", "keys", "import", "export", "log",
        "verify", "rebuild"
      })
  void everyCommandHasHelpWithAnExample(String command) {
    Ran ran = run(command, "--help");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .startsWith("Usage: varve " + command)
        .contains("Example:\n  varve " + command);
    assertThat(run("--help").out()).contains("\n  " + command + " ");
  }

  @Test
  void helpSaysWhatVarveIs() {
    assertThat(run("--help").out())
        .contains(
            """
            The backend under an application, from one schema file: REST and GraphQL over
            every model, accounts and access rules, a feed of every change, and every read
            as of any moment.
            """);
  }

  @Test
  void misuseIsToldInOneLineWithAWayToHelp() {
    assertThat(run("serv", "x"))
        .isEqualTo(
            new Ran(
                2,
                "",
                "Unmatched arguments from index 0: 'serv', 'x'\nDid you mean: varve serve or varve user or varve verify?\nHelp:  varve --help\n"));
    assertThat(run("serve"))
        .isEqualTo(
            new Ran(2, "", "Missing required parameter: 'APP'\nHelp:  varve serve --help\n"));
    assertThat(run("serve", "x", "--port", "many").err())
        .isEqualTo(
            "Invalid value for option '--port': 'many' is not an int\nHelp:  varve serve --help\n");
    assertThat(run()).isEqualTo(new Ran(2, "", "Name a command\nHelp:  varve --help\n"));
  }

  @Test
  void theCommandLineGoesBeforeTheSettings() {
    Settings settings = Settings.read(app, Map.of("VARVE_HTTP_PORT", "9090"));
    ListenOptions listen = CommandLine.populateCommand(new ListenOptions(), "--port", "9191");
    assertThat(listen.over(settings).http().port()).isEqualTo(9191);
    assertThat(CommandLine.populateCommand(new ListenOptions()).over(settings).http().port())
        .isEqualTo(9090);
  }
}
