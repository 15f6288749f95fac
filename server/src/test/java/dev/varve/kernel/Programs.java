package dev.varve.kernel;

import java.io.File;
import java.util.Optional;
import java.util.stream.Stream;

/// Programs of this machine that tests run.
public final class Programs {
  // where Debian has those of servers, which not everybody's PATH names
  private static final String OF_SERVERS = "/usr/sbin";

  private Programs() {}

  /// Where the first of these is that is installed.
  public static Optional<String> find(String... names) {
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + OF_SERVERS;
    return Stream.of(names)
        .flatMap(
            name -> Stream.of(path.split(File.pathSeparator)).map(folder -> new File(folder, name)))
        .filter(File::canExecute)
        .map(File::getPath)
        .findFirst();
  }
}
