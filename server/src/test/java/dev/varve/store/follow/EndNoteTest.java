package dev.varve.store.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.store.log.Head;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a node notes in its data folder of the end of the log.
class EndNoteTest {
  private static final Instant AT = Instant.parse("2026-03-01T09:30:00.123456Z");

  @TempDir private Path folder;

  private static EndNote.Known end(long position, String server) {
    byte[] hash = new byte[32];
    Arrays.fill(hash, (byte) position);
    return new EndNote.Known(2, new Head(position, AT, hash), server);
  }

  @Test
  void whatWasNotedLastIsKnownAgain() {
    try (EndNote note = EndNote.in(folder, "log")) {
      assertThat(note.known()).isEmpty();
      note.note(end(1_000_000, "7123/00000001"));
      note.note(end(7, ""));
    }
    try (EndNote note = EndNote.in(folder, "log")) {
      assertThat(note.known()).contains(end(7, ""));
    }
  }

  @Test
  void theNoteOfAnotherLogIsNotRead() {
    try (EndNote note = EndNote.in(folder, "log")) {
      note.note(end(7, "here"));
    }
    try (EndNote note = EndNote.in(folder, "another")) {
      assertThat(note.known()).isEmpty();
    }
  }

  @Test
  void aNoteThatWasNotWrittenWholeIsNotRead() throws IOException {
    try (EndNote note = EndNote.in(folder, "log")) {
      note.note(end(7, "here"));
    }
    Path file = folder.resolve("varve.end");
    String line = Files.readString(file, StandardCharsets.US_ASCII);
    for (String damaged : new String[] {"", line.replace(" 7 ", " 8 "), line.substring(0, 60)}) {
      Files.writeString(file, damaged);
      try (EndNote note = EndNote.in(folder, "log")) {
        assertThat(note.known()).as(damaged).isEmpty();
      }
    }
  }
}
