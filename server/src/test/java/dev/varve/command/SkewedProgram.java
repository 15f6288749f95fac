package dev.varve.command;

import dev.varve.Main;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import picocli.CommandLine;

/// The whole program, as on a machine whose clock is wrong.
public final class SkewedProgram {
  /// By how many seconds: a property of the Java process.
  public static final String SECONDS = "varve.test.clockSeconds";

  private SkewedProgram() {}

  public static void main(String[] args) {
    CommandLine line = Main.commandLine(args);
    ServeCommand serve = Objects.requireNonNull(line.getSubcommands().get("serve")).getCommand();
    serve.goBy(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(Long.getLong(SECONDS))));
    System.exit(line.execute(args));
  }
}
