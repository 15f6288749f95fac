package dev.varve.command;

import dev.varve.node.App;
import dev.varve.node.Settings;
import dev.varve.store.sql.DatabaseSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `varve rehearse`: a short life of a server on data of its own, for the JVM to learn from. What it learns is kept
/// in an AOT cache (JEP 514), with which Varve starts in half the time.
@Command(
    name = "rehearse",
    hidden = true,
    description = "Serves a small application for a moment, so that the JVM learns to start fast.")
public final class RehearseCommand implements Callable<Integer> {
  private static final List<String> READS =
      List.of(
          "/health/ready",
          "/api/projects",
          "/api/tasks?limit=5&sort=-createdAt&expand=project&count=exact",
          "/api/tasks?filter=status%20==%20'OPEN'&asOf=position:1",
          "/openapi.json",
          "/docs");

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("varve-rehearsal-");
    try {
      // what these take is read at the start of each
      for (Object command : List.of(new ServeCommand(), new DevCommand())) {
        new CommandLine(command).parseArgs(folder.toString());
      }
      Path app = folder.resolve("app");
      new CommandLine(new NewCommand())
          .setOut(new PrintWriter(Writer.nullWriter()))
          .execute(app.toString());
      serve(app);
      return 0;
    } finally {
      delete(folder);
    }
  }

  private static void serve(Path folder) throws IOException {
    AppFolder.LoadedSchema loaded = AppFolder.at(folder).schema();
    // whatever the environment says of others
    Settings settings = Settings.load(folder).with(DatabaseSettings.DEFAULT);
    Settings anywhere = settings.with(settings.http().at("127.0.0.1", 0));
    Path data = folder.resolve(".varve");
    try (App app =
        App.start(
            App.Start.development(folder),
            anywhere,
            data,
            loaded.schema(),
            loaded.access(),
            Clock.systemUTC())) {
      for (String path : READS) {
        ask(app, "GET", path, "");
      }
      ask(app, "POST", "/api/projects", "{\"name\": \"Rehearsal\"}");
    }
  }

  // what is answered does not matter: the code that answers has run
  private static void ask(App app, String method, String path, String body) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(app.url() + path).toURL().openConnection();
    connection.setRequestMethod(method);
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
    try (InputStream in =
        connection.getResponseCode() < 400
            ? connection.getInputStream()
            : connection.getErrorStream()) {
      in.readAllBytes();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
