package dev.varve.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Where a run of the benchmarks happens, and how much is done in it.
///
/// @param folder for data and logs, on the file system that is measured
/// @param jar the server as it is started by `bin/varve`
/// @param quick whether a short run was asked for, whose figures are rough
record Lab(Path folder, Path jar, boolean quick) {
  private static final Duration WARM_UP_MAX = Duration.ofSeconds(40);

  /// How many measurements a median is taken of.
  int rounds() {
    return quick ? 3 : 5;
  }

  /// How long one measurement of a rate takes.
  Duration round() {
    return quick ? Duration.ofSeconds(1) : Duration.ofSeconds(3);
  }

  /// Asks a server until its code is compiled.
  ///
  /// @param requests as many as that takes
  void warmUp(Load load, long requests) {
    load.warmUp(quick ? requests / 3 : requests, WARM_UP_MAX);
  }

  // one load is more than any application sends from one address
  private static final String UNLIMITED =
      """
      limits:
        - {name: sign-in, enabled: false}
        - {name: sign-up, enabled: false}
        - {name: token, enabled: false}
        - {name: anonymous-graphql, enabled: false}
        - {name: anonymous-writes, enabled: false}
      """;

  /// The schema of the benchmarks.
  static String schema() {
    return resource("schema.graphql");
  }

  /// A file beside this class.
  static String resource(String name) {
    try (InputStream schema = Lab.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(schema).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The database file of a server known by `name`.
  Path database(String name) {
    return data(name).resolve("varve.db");
  }

  Path data(String name) {
    return folder.resolve(name);
  }

  /// Starts a server, on the data in the folder `name` when it is there.
  Child varve(String name) {
    return varve(name, Map.of(), List.of());
  }

  /// Starts a server of another schema.
  Child varve(String name, String schema, List<String> flags) {
    return varve(name, app(name + "-app", schema), Map.of(), flags);
  }

  /// Starts a server with more environment variables and Java flags.
  Child varve(String name, Map<String, String> environment, List<String> flags) {
    return varve(name, app("app", schema()), environment, flags);
  }

  /// Starts a server in which records have owners, and whose accounts need no confirmed address.
  Child guarded(String name) {
    return varve(
        name,
        app("guarded", resource("guarded.graphql")),
        Map.of("VARVE_AUTH_VERIFICATION", "OPTIONAL"),
        List.of());
  }

  /// Starts a server whose records have owners, with these settings besides.
  ///
  /// @param settings as `varve.yaml` has them
  Child guarded(String name, String settings) {
    Path app = app(name + "-app", resource("guarded.graphql"));
    writeSettings(app, settings);
    return varve(name, app, Map.of("VARVE_AUTH_VERIFICATION", "OPTIONAL"), Allocation.FLAGS);
  }

  /// Starts a server of another schema with these settings and environment variables.
  ///
  /// @param settings as `varve.yaml` has them
  Child configured(String name, String schema, String settings, Map<String, String> environment) {
    Path app = app(name + "-app", schema);
    writeSettings(app, UNLIMITED + settings);
    return varve(name, app, environment, List.of());
  }

  /// Starts a server that has a folder of files at `/`.
  Child serving(String name, Path files) {
    return configured(name, "files:\n  - directory: \"%s\"\n".formatted(files.toAbsolutePath()));
  }

  /// Starts a server with these settings alone.
  ///
  /// @param settings as `varve.yaml` has them
  Child configured(String name, String settings) {
    return configured(name, settings, List.of());
  }

  /// Starts a server with these settings alone, and more Java flags.
  Child configured(String name, String settings, List<String> flags) {
    Path app = app(name + "-app", schema());
    writeSettings(app, settings);
    return varve(name, app, Map.of(), flags);
  }

  private static void writeSettings(Path app, String settings) {
    try {
      Files.writeString(app.resolve("varve.yaml"), settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts a server without the bounds on memory that `bin/varve` sets.
  Child varveOfPlainJava(String name, String schema) {
    return start(name, app(name + "-app", schema), Map.of(), List.of());
  }

  private Child varve(String name, Path app, Map<String, String> environment, List<String> flags) {
    List<String> all = new ArrayList<>(flagsOfLauncher());
    all.addAll(flags);
    return start(name, app, environment, all);
  }

  /// What `bin/varve` gives the JVM to bound its memory; `bin/bench` hands it on.
  private static List<String> flagsOfLauncher() {
    String flags = System.getProperty("varve.flags", "");
    return flags.isBlank() ? List.of() : List.of(flags.strip().split(" +"));
  }

  private Child start(String name, Path app, Map<String, String> environment, List<String> flags) {
    List<String> arguments = new ArrayList<>(flags);
    arguments.addAll(
        List.of(
            "-jar",
            jar.toString(),
            "serve",
            app.toString(),
            "--port",
            "0",
            "--data",
            data(name).toString()));
    return Child.java(folder, name, environment, arguments);
  }

  /// Starts a command that comes to an end by itself, on the data in the folder `name`.
  Child command(String name, String schema, String command, List<String> more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("-jar", jar.toString(), command, app(name + "-app", schema).toString()));
    arguments.addAll(more);
    arguments.addAll(List.of("--data", data(name).toString()));
    return Child.java(folder, name, Map.of(), arguments);
  }

  private Path app(String name, String schema) {
    Path app = folder.resolve(name);
    try {
      Files.createDirectories(app);
      Files.writeString(app.resolve("schema.graphql"), schema);
      Files.writeString(app.resolve("varve.yaml"), UNLIMITED);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return app;
  }

  /// Starts the limit for reads: it answers `target` as Varve has just answered.
  Child bare(String target, Answer answer) {
    // Helidon sets these by itself
    List<String> own = List.of("date", "connection", "content-length", "transfer-encoding");
    List<String> headers =
        answer.headers().entrySet().stream()
            .filter(header -> !own.contains(header.getKey().toLowerCase(java.util.Locale.ROOT)))
            .map(header -> header.getKey() + ": " + header.getValue())
            .toList();
    try {
      Path headerFile = Files.write(folder.resolve("bare-headers"), headers);
      Path bodyFile = Files.write(folder.resolve("bare-body"), answer.body());
      return Child.main(
          folder,
          "bare",
          BareServer.class,
          List.of(target, headerFile.toString(), bodyFile.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Says how far the run has come.
  void progress(String message) {
    System.err.println("  " + message);
  }
}
