package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.net.certificate.LocalCertificate;
import dev.varve.net.edge.HttpSettings;
import dev.varve.node.App;
import dev.varve.node.Settings;
import dev.varve.settings.WrongSetting;
import dev.varve.store.state.SchemaRefused;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `varve dev`: the server, for whoever is writing the application.
@Command(
    name = "dev",
    description = "Serves an application while you write it: sample data, reload on save.",
    footer = {
      "",
      "Files in APP/seed (Model.ndjson or Model.csv) are imported when there are none of their records yet.",
      "Save schema.graphql, or the gateway in varve.yaml, and it is served anew; a mistake is shown here and changes nothing.",
      "",
      "Example:",
      "  varve dev examples/shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class DevCommand implements Callable<Integer> {
  // editors write a file in several steps; what comes within this time is one save
  private static final long SAVE_MILLIS = 100;

  @Mixin private AppFolder app;
  @Mixin private ListenOptions listen;

  @Option(
      names = "--tls",
      description =
          "Serves HTTPS, with a certificate for this machine that is made at the first time, unless varve.yaml names one.")
  private boolean tls;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException, IOException {
    AppFolder.LoadedSchema loaded = app.schema();
    Settings settings = settings();
    Saved schema = new Saved(app.schemaFile());
    Saved yaml = new Saved(app.folder().resolve(Settings.FILE));
    LogLines.follow(settings.telemetry().log());
    try (WatchService watch = FileSystems.getDefault().newWatchService()) {
      app.folder()
          .register(
              watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      App running =
          ServeCommand.start(
              app, App.Start.development(app.folder()), settings, loaded, Clock.systemUTC());
      ServeCommand.stopOnSignal(running);
      welcome(running);
      GatewayReload gateway = new GatewayReload(app.folder(), running, this::settings);
      while (true) {
        awaitSave(watch);
        if (schema.isOther()) {
          reload(running);
        }
        if (yaml.isOther()) {
          gateway.reload().lines().forEach(out()::println);
          out().flush();
        }
      }
    }
  }

  private Settings settings() {
    try {
      return encrypted(listen.over(Settings.load(app.folder())).forDevelopment());
    } catch (IOException e) {
      throw new UncheckedIOException("No certificate can be made for this machine", e);
    }
  }

  private Settings encrypted(Settings settings) throws IOException {
    HttpSettings http = settings.http();
    return tls && !http.tls().enabled()
        ? settings.with(http.with(local().settings(Clock.systemUTC())))
        : settings;
  }

  private LocalCertificate local() {
    return new LocalCertificate(app.data());
  }

  private void welcome(App running) {
    PrintWriter out = out();
    running.changes().forEach(change -> out.println("Schema: " + change));
    if (running.seeded() > 0) {
      out.printf(
          "Sample data: %,d records from %s%n", running.seeded(), app.folder().resolve("seed"));
    }
    String url = running.url();
    out.println();
    out.printf("  Varve serves %s%n%n", app.folder());
    running.schema().models().forEach(model -> out.printf("    %s/api/%s%n", url, model.path()));
    out.printf("%n    %s/docs           try it in the browser%n", url);
    out.printf("    %s/openapi.json   for tools%n", url);
    out.printf("    %s/graphql        the same as GraphQL, with GraphiQL in the browser%n", url);
    out.printf("    %s/api/events     every change as it happens (curl -N)%n", url);
    out.printf("    %s/auth/account   the page of an account, behind the one to sign in%n", url);
    out.printf("    %s/dev/mails      mails, which are kept here instead of sent%n%n", url);
    if (running.url().startsWith("https:") && Files.exists(local().certificate())) {
      out.printf("  Its certificate is of this machine alone. To trust it, once:%n");
      out.printf("    curl --cacert %s %s/api/...%n", local().certificate(), url);
      out.printf("    %s     for browsers%n%n", local().howToTrust());
    }
    running
        .firstAdministrator()
        .ifPresent(admin ->
            out.printf(
                "  The first administrator, shown this once:  %s  %s%n%n",
                admin.email(), admin.password()));
    out.printf(
        "  Save %s and it is served anew, and so is the gateway in varve.yaml. Ctrl-C stops.%n%n",
        app.schemaFile());
    out.flush();
  }

  private static void awaitSave(WatchService watch) throws InterruptedException {
    WatchKey key = watch.take();
    do {
      key.pollEvents();
      key.reset();
      key = watch.poll(SAVE_MILLIS, TimeUnit.MILLISECONDS);
    } while (key != null);
  }

  /// A file that is looked at again and again. One that is not there, as editors leave it for a moment, is as it was.
  private static final class Saved {
    private final Path file;
    private String text;

    Saved(Path file) throws IOException {
      this.file = file;
      this.text = Files.exists(file) ? Files.readString(file) : "";
    }

    /// Whether it is another than at the last look.
    boolean isOther() throws IOException {
      if (!Files.exists(file)) {
        return false;
      }
      String before = text;
      text = Files.readString(file);
      return !text.equals(before);
    }
  }

  private void reload(App running) {
    PrintWriter out = out();
    try {
      AppFolder.LoadedSchema loaded = app.schema();
      running.reload(loaded.schema(), loaded.access());
      out.println("Served anew from " + app.schemaFile());
      running.changes().forEach(change -> out.println("  " + change));
    } catch (UserMistake e) {
      out.println(e.getMessage());
      out.println("The schema served is the one before.");
    } catch (WrongSetting e) {
      // an aggregate reads what is no longer there
      out.println(Settings.located(app.folder(), e).getMessage());
      out.println("The schema served is the one before.");
    } catch (SchemaRefused e) {
      e.reasons().forEach(out::println);
      out.println("Nothing was altered; the schema served is the one before.");
    }
    out.flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
