package dev.varve.command;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Shows on a terminal how far long work has come, at what rate, and when it will be done; elsewhere, a
/// line now and then.
final class ProgressLine implements AutoCloseable {
  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration IN_A_FILE = Duration.ofSeconds(10);
  private static final int BAR_WIDTH = 30;

  private final PrintWriter out;
  private final String what;
  private final boolean terminal =
      Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  private final Instant start = Instant.now();
  private Instant shown = start;
  private long first = -1;
  private boolean open;

  /// @param what is counted, such as `units replayed`
  ProgressLine(PrintWriter out, String what) {
    this.out = out;
    this.what = what;
  }

  void show(long done, long all) {
    if (first < 0) {
      first = done;
    }
    Instant now = Instant.now();
    if (Duration.between(shown, now).compareTo(terminal ? ON_TERMINAL : IN_A_FILE) < 0) {
      return;
    }
    shown = now;
    double seconds = Math.max(0.001, Duration.between(start, now).toMillis() / 1000.0);
    double rate = (done - first) / seconds;
    String left = rate > 0 ? ", %d s left".formatted(Math.round((all - done) / rate)) : "";
    int bar = all == 0 ? BAR_WIDTH : (int) (BAR_WIDTH * done / all);
    out.printf(
        "%s[%s%s] %,d of %,d %s, %,d a second%s%s",
        terminal ? "\r\u001b[K" : "",
        "#".repeat(bar),
        "-".repeat(BAR_WIDTH - bar),
        done,
        all,
        what,
        Math.round(rate),
        left,
        terminal ? "" : System.lineSeparator());
    out.flush();
    open = terminal;
  }

  @Override
  public void close() {
    if (open) {
      out.println();
      out.flush();
    }
  }
}
