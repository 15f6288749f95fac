package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.log.LogTail;
import dev.varve.store.sql.Database;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `varve log`: shows the newest changes.
@Command(
    name = "log",
    description = "Shows the newest changes of the log.",
    footer = {
      "",
      "Each line is a change: its position in the log, when, by whom, which record,",
      "what happened to it, its version then, and the fields that got a value. A",
      "server may be running; it is not disturbed.",
      "",
      "Example:",
      "  varve log shop --model Order --id 1001"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class LogCommand implements Callable<Integer> {
  private static final int LAST_MAX = 1_000_000;
  private static final long FOLLOW_MILLIS = 500;

  @Mixin private AppFolder app;

  @Option(
      names = "--last",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many changes, ${DEFAULT-VALUE} by default.")
  private int last;

  @Option(names = "--model", paramLabel = "Model", description = "Only changes of this model.")
  private @Nullable String model;

  @Option(names = "--id", paramLabel = "ID", description = "Only changes of the record of this id.")
  private @Nullable String id;

  @Option(names = "--follow", description = "Wait for more, until Ctrl-C.")
  private boolean follow;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (last < 0 || last > LAST_MAX) {
      throw new ParameterException(
          spec.commandLine(), "--last is from 0 to %,d".formatted(LAST_MAX));
    }
    LogTail.Filter filter = new LogTail.Filter(Optional.ofNullable(model), Optional.ofNullable(id));
    try (Database database = AppData.toRead(app)) {
      LogTail tail = new LogTail(database);
      long position = show(tail.last(last, filter));
      if (follow) {
        follow(tail, filter, position);
      }
      return 0;
    } catch (DamagedLogException e) {
      throw new UserMistake(
          List.of(String.valueOf(e.getMessage()), "Run `varve verify` to see all that is wrong."));
    }
  }

  private void follow(LogTail tail, LogTail.Filter filter, long start) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stopped::countDown));
    long position = start;
    while (!stopped.await(FOLLOW_MILLIS, TimeUnit.MILLISECONDS)) {
      long before;
      do {
        before = position;
        position = show(tail.after(before, filter));
      } while (position > before);
    }
  }

  /// The position that was shown up to.
  private long show(LogTail.Lines lines) {
    PrintWriter out = spec.commandLine().getOut();
    lines.lines().forEach(line -> out.println(line.text()));
    out.flush();
    return lines.position();
  }
}
