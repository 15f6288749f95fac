package dev.varve.docs;

import dev.varve.face.auth.Languages;
import dev.varve.face.auth.PageSettings;
import dev.varve.kernel.Patience;
import dev.varve.node.InstalledVarve;
import dev.varve.settings.SettingRecords;
import dev.varve.store.sql.postgresql.LocalPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Follows a page as a person would, in a folder of its own: saves files, runs commands, sends requests.
/// The examples lie there too, and at first `examples/shop` is served with its sample data.
final class Reader implements AutoCloseable {
  private static final Path PROJECT = Path.of(System.getProperty("basedir", ".")).resolve("..");
  // these read beside a running server, or need no data; the others want it stopped
  private static final Set<String> BESIDE_A_SERVER =
      Set.of("new", "check", "plan", "access", "export", "log", "gateway", "reload", "nodes");
  private static final Set<String> WITH_SUBCOMMANDS = Set.of("user", "client", "keys", "gateway");
  private static final int PAGE_PORT = 8080;
  private static final Set<String> SERVING = Set.of("dev", "serve");
  // what pages call a database of the reader at PostgreSQL, whose user is shop
  private static final String POSTGRES = "jdbc:postgresql://localhost/shop";
  private static final Pattern VACUUM = Pattern.compile("VACUUM INTO '([^']+)'");

  private final Path folder;
  private List<String> served = List.of("dev", "examples/shop");
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, String> exported = new HashMap<>();
  private Optional<InstalledVarve> server = Optional.empty();
  // what goes on beside, as the shell counts it
  private final List<Job> jobs = new ArrayList<>();
  private Optional<String> postgres = Optional.empty();
  private final List<ExampleProgram> beside = new ArrayList<>();

  /// @param folder empty
  Reader(Path folder) throws IOException {
    this.folder = folder;
    for (String example :
        List.of(
            "examples/shop",
            "examples/cafe",
            "examples/gateway",
            "examples/oauth",
            "examples/passkeys")) {
      copy(PROJECT.resolve(example), folder.resolve(example));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (file.toString().contains(".varve") && !from.toString().contains(".varve")) {
          continue;
        }
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  /// What a command showed: a reply over HTTP, or text.
  sealed interface Seen {
    record Answered(Curl curl, Curl.Reply reply) implements Seen {}

    /// @param refusal whether something was wrong, which the page has to show then
    record Printed(String text, boolean refusal) implements Seen {}

    record Nothing() implements Seen {}
  }

  /// Saves a file. A schema that is being served is served anew.
  Seen save(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
    boolean watched = served.getFirst().equals("dev");
    if (server.isPresent() && watched && name.equals(served.get(1) + "/schema.graphql")) {
      try {
        server.get().reload();
      } catch (InstalledVarve.Refused refused) {
        return new Seen.Printed(shortened(String.valueOf(refused.getMessage())), true);
      }
    }
    return new Seen.Nothing();
  }

  /// Saves settings, which have to be right.
  Seen saveSettings(String name, String text) throws IOException {
    Seen saved = save(name, placed(text));
    InstalledVarve.readSettings(folder.resolve(name).getParent());
    return saved;
  }

  /// Texts of a language, which must all be good.
  Seen saveLanguage(String name, String text) throws IOException {
    Seen saved = save(name, text);
    String languages = String.valueOf(folder.resolve(name).getParent());
    Languages.of(SettingRecords.changed(PageSettings.DEFAULT, Map.of("languages", languages)));
    return saved;
  }

  Seen run(ShellLine command) throws IOException {
    Map<String, String> environment = new HashMap<>();
    List<String> all = new ArrayList<>(command.words(variables));
    while (all.getFirst().matches("[A-Z][A-Z_]*=.*")) {
      String[] pair = all.removeFirst().split("=", 2);
      environment.put(pair[0], pair[1]);
    }
    String name = all.getFirst();
    List<String> words = all.subList(1, all.size());
    return switch (name) {
      case "=" -> {
        Curl curl = Curl.of(words.subList(3, words.size()));
        variables.put(words.getFirst(), part(curl.send(this::port), words.get(1)));
        yield new Seen.Nothing();
      }
      case "curl" -> {
        Curl curl = Curl.of(words);
        yield curl.isTimed()
            ? new Seen.Printed(curl.listen(this::port), false)
            : new Seen.Answered(curl, curl.send(this::port));
      }
      case "java" -> {
        startBeside(words);
        yield new Seen.Nothing();
      }
      case "export" -> {
        exported.put(words.getFirst(), Files.readString(folder.resolve(words.get(1))).strip());
        yield new Seen.Nothing();
      }
      case "nginx" -> {
        jobs.add(nginx(words));
        yield new Seen.Nothing();
      }
      case "kill" -> {
        jobs.get(Integer.parseInt(words.getFirst().substring(1)) - 1).end().run();
        yield new Seen.Nothing();
      }
      case "bin/varve", "varve" -> {
        environment.putAll(exported);
        if (words.getLast().equals("&")) {
          jobs.add(node(environment, words.subList(0, words.size() - 1)));
          yield new Seen.Nothing();
        }
        yield varve(environment, words, command.comment());
      }
      case "bin/check", "bin/check-postgresql", "bin/bench", "bin/fmt" -> {
        if (!Files.isExecutable(PROJECT.resolve(name))) {
          throw new AssertionError("There is no " + name);
        }
        yield new Seen.Nothing();
      }
      case "mkdir" -> {
        Files.createDirectory(folder.resolve(words.getFirst()));
        yield new Seen.Nothing();
      }
      case "cp" -> {
        copyOver(words);
        yield new Seen.Nothing();
      }
      case "sqlite3" -> {
        sqlite(words);
        yield new Seen.Nothing();
      }
      default -> throw new AssertionError("This test cannot run '" + name + "'");
    };
  }

  /// Runs a program of an example beside the server, on a free port, which takes the place of the port that the page gives in
  /// the settings of the example.
  private void startBeside(List<String> words) throws IOException {
    ExampleProgram program = ExampleProgram.start(folder.resolve(words.getFirst()));
    beside.add(program);
    Path settings = folder.resolve(words.getFirst()).resolveSibling("varve.yaml");
    Files.writeString(
        settings,
        Files.readString(settings)
            .replace("localhost:" + words.get(1), "localhost:" + program.port()));
  }

  /// The part of a JSON answer that `jq` names, such as `items[0].token`.
  private static String part(Curl.Reply reply, String path) {
    JsonNode part =
        JsonMapper.shared()
            .readTree(reply.body())
            .at("/" + path.replace("[", "/").replace("]", "").replace(".", "/"));
    if (reply.status() >= 400 || !part.isString()) {
      throw new AssertionError("There is no text at ." + path + " in: " + reply.body());
    }
    return part.asString();
  }

  private void copyOver(List<String> words) throws IOException {
    if (words.size() != 3 || !words.getFirst().equals("-r")) {
      throw new AssertionError("This test knows cp -r FROM TO alone");
    }
    stop();
    copy(folder.resolve(words.get(1)), folder.resolve(words.get(2)));
  }

  private void sqlite(List<String> words) {
    Matcher copy = VACUUM.matcher(words.get(1));
    if (!copy.matches()) {
      throw new AssertionError("This test knows sqlite3 FILE \"VACUUM INTO 'FILE'\" alone");
    }
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(words.getFirst()));
        Statement statement = connection.createStatement()) {
      statement.execute("VACUUM INTO '%s'".formatted(folder.resolve(copy.group(1))));
    } catch (SQLException e) {
      throw new AssertionError(words.toString(), e);
    }
  }

  /// What goes on beside the commands that follow.
  ///
  /// @param pagePort where the page has it
  private record Job(int pagePort, int port, Runnable end) {}

  /// Serves an application at a port of its own, beside what is served already.
  private Job node(Map<String, String> environment, List<String> words) {
    InstalledVarve.parse(words);
    stop();
    InstalledVarve varve = InstalledVarve.serve(located(words), 0, environment);
    return new Job(
        Integer.parseInt(words.get(words.indexOf("--port") + 1)), varve.port(), varve::close);
  }

  /// Runs nginx with settings of an example, at free ports, in front of what is served at those that they name.
  private Job nginx(List<String> words) throws IOException {
    if (!words.equals(List.of("-p", ".", "-c", words.get(3), "&"))) {
      throw new AssertionError("This test knows nginx -p . -c FILE & alone");
    }
    Nginx nginx = Nginx.start(folder, PROJECT.resolve(words.get(3)), this::port);
    return new Job(PAGE_PORT, nginx.port(), nginx::close);
  }

  /// Where is what the page has at a port.
  private int port(int pagePort) {
    return jobs.reversed().stream()
        .filter(job -> job.pagePort() == pagePort)
        .map(Job::port)
        .findFirst()
        .orElseGet(() -> server().port());
  }

  private InstalledVarve server() {
    if (server.isEmpty()) {
      server = Optional.of(InstalledVarve.serve(located(served)));
    }
    return server.get();
  }

  private void stop() {
    server.ifPresent(InstalledVarve::close);
    server = Optional.empty();
  }

  private Seen varve(Map<String, String> environment, List<String> words, String comment) {
    InstalledVarve.parse(words);
    if (words.contains("--help") || words.contains("--version")) {
      return printed(InstalledVarve.run(words), comment);
    }
    if (SERVING.contains(words.getFirst())) {
      stop();
      served = words;
      return serving(comment);
    }
    if (!BESIDE_A_SERVER.contains(words.getFirst())) {
      stop();
    }
    if (words.getFirst().equals("nodes")) {
      awaitNodes(located(words));
    }
    return printed(InstalledVarve.run(environment, located(words)), comment);
  }

  /// A node is listed a moment after it listens: sooner than a reader types.
  private void awaitNodes(List<String> words) {
    long serving = jobs.stream().filter(job -> job.pagePort() != PAGE_PORT).count();
    Patience.until(
        "every node is listed",
        () ->
            InstalledVarve.run(words).text().lines().filter(line -> line.startsWith("UP ")).count()
                >= serving);
  }

  private Seen serving(String comment) {
    try {
      server();
      return new Seen.Nothing();
    } catch (InstalledVarve.Refused refused) {
      return printed(new InstalledVarve.Said(1, String.valueOf(refused.getMessage())), comment);
    }
  }

  private Seen printed(InstalledVarve.Said said, String comment) {
    int expected = comment.startsWith("exit code ") ? Integer.parseInt(comment.substring(10)) : 0;
    if (said.exitCode() != expected) {
      throw new AssertionError(
          "The command ended with %d and said:%n%s".formatted(said.exitCode(), said.text()));
    }
    return new Seen.Printed(shortened(said.text()), said.exitCode() != 0);
  }

  private String shortened(String text) {
    String here = text.replace(folder + "/", "");
    return postgres.map(url -> here.replace(url, POSTGRES)).orElse(here);
  }

  /// With the address of a database that is there, made for this reader, in place of the one that the page gives.
  private String placed(String text) {
    if (!text.contains(POSTGRES)) {
      return text;
    }
    if (postgres.isEmpty()) {
      LocalPostgres local = LocalPostgres.require();
      postgres = Optional.of(local.settings(local.newDatabaseOf("shop")).url());
    }
    return text.replace(POSTGRES, postgres.get());
  }

  /// The words of a command with its paths within the folder of this reader.
  private List<String> located(List<String> words) {
    List<String> located = new ArrayList<>(List.of(words.getFirst()));
    boolean appSeen = false;
    if (WITH_SUBCOMMANDS.contains(words.getFirst()) && words.size() > 1) {
      located.add(words.get(1));
    }
    for (int i = located.size(); i < words.size(); i++) {
      String word = words.get(i);
      String before = words.get(i - 1);
      if (words.getFirst().equals("copy") && Set.of("--from", "--to").contains(before)) {
        located.add(placed(word));
      } else if (Set.of("--data", "--to").contains(before)) {
        located.add(folder.resolve(word).toString());
      } else if (before.equals("--columns") || word.startsWith("-")) {
        located.add(word);
      } else if (word.matches("\\w+=.*")) {
        String[] pair = word.split("=", 2);
        located.add(pair[0] + "=" + folder.resolve(pair[1]));
      } else {
        boolean option = before.startsWith("--") && !before.equals("--follow");
        located.add(appSeen || option ? word : folder.resolve(word).toString());
        appSeen = appSeen || !option;
      }
    }
    return located;
  }

  @Override
  public void close() {
    // whoever asks ends before whom it asks
    jobs.reversed().forEach(job -> job.end().run());
    stop();
    beside.forEach(ExampleProgram::close);
  }
}
