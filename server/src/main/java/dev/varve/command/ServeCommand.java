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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
      "`varve reload APP`, or SIGHUP, serves the gateway of varve.yaml as it is then, without dropping a request.",
      "Stop it with Ctrl-C or SIGTERM: what was accepted is finished first. Closing its terminal does the same."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  // 128 and the number of SIGHUP, as the JDK ends where nobody takes the signal
  private static final int HUNG_UP = 129;

  @Mixin private AppFolder app;
  @Mixin private ListenOptions listen;
  @Spec private CommandSpec spec;

  private Clock clock = Clock.systemUTC();

  /// As on a machine whose clock is another one.
  void goBy(Clock other) {
    clock = other;
  }

  @Override
  public Integer call() throws InterruptedException {
    AppFolder.LoadedSchema loaded = app.schema();
    Settings settings = settings();
    LogLines.follow(settings.telemetry().log());
    App running = start(app, App.Start.production(), settings, loaded, clock);
    CountDownLatch stopped = stopOnSignal(running);
    PrintWriter out = spec.commandLine().getOut();
    running.changes().forEach(change -> out.println("Schema: " + change));
    out.printf("Varve serves %s at %s%n", app.folder(), running.url());
    out.flush();
    Optional<Hangup> hangup = Hangup.take();
    if (hangup.isPresent()) {
      running.takesHangups();
      reloadAt(hangup.get(), running);
      LOG.info("The terminal that this server was started in is gone: it stops");
      return HUNG_UP;
    }
    stopped.await();
    return 0;
  }

  private Settings settings() {
    return listen.over(Settings.load(app.folder()));
  }

  /// Goes on until the process ends, or its terminal is gone: whoever closes one means to end what runs in it.
  private void reloadAt(Hangup hangup, App running) throws InterruptedException {
    boolean inTerminal = Terminal.isThere();
    GatewayReload reload = new GatewayReload(app.folder(), running, this::settings);
    ReloadNotes notes = new ReloadNotes(app.data());
    while (true) {
      hangup.await();
      // what is asked is read first: an answer tells of the file as it was after the question
      Optional<String> question = notes.question();
      if (question.isEmpty() && inTerminal && !Terminal.isThere()) {
        return;
      }
      try {
        ReloadNotes.Outcome outcome = reload.reload();
        outcome.lines().forEach(line -> tell(outcome.done(), line));
        question.ifPresent(number -> notes.answer(number, outcome));
      } catch (RuntimeException e) {
        // what is served is served on
        LOG.error("The gateway could not be served anew", e);
        String line = "The gateway could not be served anew; the log of the server says why";
        question.ifPresent(
            number -> notes.answer(number, new ReloadNotes.Outcome(false, List.of(line))));
      }
    }
  }

  private static void tell(boolean done, String line) {
    if (done) {
      LOG.info(line);
    } else {
      LOG.warn(line);
    }
  }

  /// Starts a server.
  ///
  /// @throws UserMistake with the place of a setting that proves wrong
  static App start(
      AppFolder app,
      App.Start start,
      Settings settings,
      AppFolder.LoadedSchema loaded,
      Clock clock) {
    try {
      return App.start(start, settings, app.data(), loaded.schema(), loaded.access(), clock);
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
