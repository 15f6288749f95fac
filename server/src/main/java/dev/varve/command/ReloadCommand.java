package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.store.sql.DataFolder;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `varve reload`: a server reads the gateway of its settings again.
@Command(
    name = "reload",
    description = "Has the server of an application serve the gateway of varve.yaml as it is now.",
    footer = {
      "",
      "No request is dropped. A mistake changes nothing, is told here with its place, and gives exit code 1.",
      "Settings outside of the section gateway wait for a restart, and are named.",
      "SIGHUP to the server does the same: the answer is in its log then.",
      "",
      "Example:",
      "  varve reload shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ReloadCommand implements Callable<Integer> {
  @Mixin private AppFolder app;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    DataFolder.Holder server =
        DataFolder.holderOf(app.data())
            .orElseThrow(() ->
                mistake(
                    "Nobody serves the data in %s. Start a server with `varve serve`, or name its data with --data"
                        .formatted(app.data())));
    if (!server.takesHangups()) {
      throw mistake(
          "The process %d, which holds the data in %s, reads no settings again: only `varve serve` does, on systems that have SIGHUP, and not when it was started with nohup, which keeps that signal away (setsid does not). Start it anew instead"
              .formatted(server.pid(), app.data()));
    }
    ReloadNotes.Outcome outcome =
        new ReloadNotes(app.data())
            .ask(() -> signal(server.pid()))
            .orElseThrow(() ->
                mistake(
                    "The server (process %d) does not answer. Look into its log, or start it anew"
                        .formatted(server.pid())));
    if (!outcome.done()) {
      throw new UserMistake(outcome.lines());
    }
    outcome.lines().forEach(spec.commandLine().getOut()::println);
    return 0;
  }

  /// The JDK sends no signals but those that end a process.
  private static void signal(long pid) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-HUP", Long.toString(pid))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (kill.waitFor() != 0) {
        throw mistake(
            "SIGHUP cannot be sent to the server (process %d). Run this as the user that it runs as"
                .formatted(pid));
      }
    } catch (IOException e) {
      throw mistake(
          "There is no command `kill` here that would send SIGHUP to the server (process %d). Start it anew instead"
              .formatted(pid));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw mistake("Interrupted before the server was told");
    }
  }

  private static UserMistake mistake(String line) {
    return new UserMistake(List.of(line));
  }
}
