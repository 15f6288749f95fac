package dev.varve.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// What `varve reload` and the server say to each other, in two files beside the data: a signal carries neither a question
/// nor an answer. The question is a number that nobody else has; the answer repeats it, so that none is taken for another's.
final class ReloadNotes {
  // a server reads a file, its certificates and its schema for this, and may have much else to do
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String DONE = "done";
  private static final String REFUSED = "refused";

  private final Path asking;
  private final Path question;
  private final Path answer;

  ReloadNotes(Path data) {
    this.asking = data.resolve("reload.lock");
    this.question = data.resolve("reload.question");
    this.answer = data.resolve("reload.answer");
  }

  /// How a reload ended.
  record Outcome(boolean done, List<String> lines) {
    Outcome {
      lines = List.copyOf(lines);
    }
  }

  /// Asks, and waits for the answer. One asks at a time; another waits.
  ///
  /// @param tell makes the server look
  /// @return nothing when none comes in time
  Optional<Outcome> ask(Runnable tell) throws InterruptedException {
    try (FileChannel channel =
            FileChannel.open(asking, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock();
        WatchService watch = asking.getFileSystem().newWatchService()) {
      Objects.requireNonNull(asking.getParent())
          .register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      String number = UUID.randomUUID().toString();
      Files.deleteIfExists(answer);
      write(question, number);
      tell.run();
      Optional<Outcome> outcome = await(number, watch);
      Files.deleteIfExists(question);
      Files.deleteIfExists(answer);
      return outcome;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot leave a note for the server beside " + question, e);
    }
  }

  private Optional<Outcome> await(String number, WatchService watch)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Optional<Outcome> outcome = answerTo(number);
    while (outcome.isEmpty() && System.nanoTime() < end) {
      WatchKey something = watch.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (something != null) {
        something.pollEvents();
        something.reset();
      }
      outcome = answerTo(number);
    }
    return outcome;
  }

  private Optional<Outcome> answerTo(String number) throws IOException {
    if (!Files.exists(answer)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(answer);
    return lines.size() < 2 || !lines.getFirst().equals(number)
        ? Optional.empty()
        : Optional.of(new Outcome(lines.get(1).equals(DONE), lines.subList(2, lines.size())));
  }

  /// What is asked at the moment; nothing when the signal came from elsewhere.
  Optional<String> question() {
    try {
      return Files.exists(question)
          ? Optional.of(Files.readString(question).strip())
          : Optional.empty();
    } catch (IOException e) {
      // it was taken away a moment ago
      return Optional.empty();
    }
  }

  void answer(String number, Outcome outcome) {
    List<String> lines = List.of(number, outcome.done() ? DONE : REFUSED);
    try {
      write(answer, String.join("\n", lines) + "\n" + String.join("\n", outcome.lines()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot leave an answer at " + answer, e);
    }
  }

  /// Whole or not at all.
  private static void write(Path file, String text) throws IOException {
    Path made = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(made, text);
    Files.move(made, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
