package dev.varve.face.gateway.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A file with the URL of a host on each line. Empty lines say nothing, nor does what stands behind a `#`.
///
/// ```
/// # in the cellar
/// http://10.0.0.5:8080
/// http://10.0.0.6:8080   # slow
/// ```
record HostsFile(String file) implements HostSource {
  /// A small file is read within microseconds.
  static final Duration LOOKED_AT = Duration.ofSeconds(1);

  // a thousand URLs, of which 64 are kept
  private static final int BYTES_MAX = 64 * 1024;

  @Override
  public Findings ask() throws DiscoveryFailure {
    List<HostPlace> places = new ArrayList<>();
    int number = 0;
    for (String line : text().split("\n", -1)) {
      number++;
      int comment = line.indexOf('#');
      String url = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (url.isEmpty()) {
        continue;
      }
      if (!HostPlace.isUrl(url)) {
        throw new DiscoveryFailure(
            "%s:%d: '%s' is not scheme, host and port, such as http://10.0.0.5:8080"
                .formatted(file, number, url));
      }
      places.add(HostPlace.of(url));
    }
    if (places.isEmpty()) {
      throw new DiscoveryFailure("The file %s names no host".formatted(file));
    }
    return Findings.of(places.stream().map(HostEntry::of).toList(), 0, LOOKED_AT);
  }

  private String text() throws DiscoveryFailure {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw new DiscoveryFailure(
            "The file %s has more than %,d bytes".formatted(file, BYTES_MAX));
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DiscoveryFailure(
          "The file %s %s"
              .formatted(file, Files.exists(Path.of(file)) ? "cannot be read" : "is not there"));
    }
  }

  @Override
  public String shown() {
    return "the file " + file;
  }
}
