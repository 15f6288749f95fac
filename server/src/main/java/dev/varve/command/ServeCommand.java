package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.net.edge.HttpServer;
import dev.varve.net.edge.HttpSettings;
import dev.varve.node.App;
import dev.varve.node.Settings;
import dev.varve.settings.WrongSetting;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `varve serve`: the server, for production.
@Command(
    name = "serve",
    description = "Serves an application.",
    footer = {
      "",
      "Example:",
      "  varve serve shop --host 0.0.0.0 --port 443 --data /var/lib/shop",
      "",
      "On an address beyond this machine it wants a certificate (http.tls in varve.yaml), or a proxy that has one.",
      "Stop it with Ctrl-C or SIGTERM: what was accepted is finished first."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ServeCommand implements Callable<Integer> {
  @Mixin private AppFolder app;
  @Mixin private ListenOptions listen;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    AppFolder.LoadedSchema loaded = app.schema();
    Settings settings = listen.over(Settings.load(app.folder()));
    LogLines.follow(settings.telemetry().log());
    App running = start(app, App.Start.production(), settings, loaded);
    CountDownLatch stopped = stopOnSignal(running);
    PrintWriter out = spec.commandLine().getOut();
    running.changes().forEach(change -> out.println("Schema: " + change));
    out.printf("Varve serves %s at %s%n", app.folder(), running.url());
    out.flush();
    stopped.await();
    return 0;
  }

  /// Starts a server.
  ///
  /// @throws UserMistake with the place of a setting that proves wrong
  static App start(
      AppFolder app, App.Start start, Settings settings, AppFolder.LoadedSchema loaded) {
    try {
      return App.start(
          start, settings, app.data(), loaded.schema(), loaded.access(), Clock.systemUTC());
    } catch (WrongSetting e) {
      throw Settings.located(app.folder(), e);
    } catch (HttpServer.CannotListen e) {
      throw place(app, settings)
          .<RuntimeException>map(place -> new UserMistake(List.of(place + ": " + e.getMessage())))
          .orElse(e);
    }
  }

  /// Where it is set what is listened on, unless the command line says it.
  private static Optional<String> place(AppFolder app, Settings settings) {
    HttpSettings read = Settings.load(app.folder()).http();
    boolean asRead =
        read.host().equals(settings.http().host()) && read.port() == settings.http().port();
    return asRead ? Settings.placeOf(app.folder(), "http.port", "http.host") : Optional.empty();
  }

  /// Stops the server when the process is told to end.
  static CountDownLatch stopOnSignal(App running) {
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("varve-stop")
                .unstarted(() -> {
                  running.close();
                  stopped.countDown();
                }));
    return stopped;
  }
}
