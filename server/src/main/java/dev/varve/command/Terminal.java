package dev.varve.command;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// The terminal that a process belongs to, which is not always what it reads and writes. Service managers give it none.
final class Terminal {
  /// A name for whichever it is (POSIX, Base Definitions, section 10.1). It cannot be opened where there is none, or none any
  /// more.
  private static final Path OWN = Path.of("/dev/tty");

  private Terminal() {}

  static boolean isThere() {
    try (SeekableByteChannel _ = Files.newByteChannel(OWN)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
