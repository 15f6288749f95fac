package dev.varve.http;

import dev.varve.kernel.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Files that come with the program, such as the scripts of a page. They are read from the class path once, and a
/// browser that has one asks whether it is still the same.
public final class BundledFiles {
  private final Map<String, File> files = new HashMap<>();

  private record File(String mediaType, byte[] content, String tag) {}

  /// @param name in the path of the request
  /// @param resource its place on the class path, with a slash in front
  public BundledFiles with(String name, String mediaType, String resource) {
    byte[] content = read(resource);
    files.put(name, new File(mediaType, content, tag(content)));
    return this;
  }

  /// The content of a file on the class path.
  public static byte[] read(String resource) {
    try (InputStream in = BundledFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The class path lacks " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The version of a library that Maven packed.
  ///
  /// @param library such as `org.webjars/swagger-ui`
  public static String version(String library) {
    String properties = "/META-INF/maven/" + library + "/pom.properties";
    return new String(read(properties), StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.startsWith("version="))
        .map(line -> line.substring("version=".length()).strip())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No version in " + properties));
  }

  /// The entity tag of some content.
  public static String tag(byte[] content) {
    CRC32C checksum = new CRC32C();
    checksum.update(content);
    return "\"%08x\"".formatted(checksum.getValue());
  }

  /// Answers with the file of that name.
  ///
  /// @throws Problem NOT_FOUND when there is none
  public Answer answer(Request request, String name) {
    File file = files.get(name);
    if (file == null) {
      throw Problem.notFound("There is nothing at " + request.path());
    }
    return conditional(request, file.tag(), Answer.bytes(200, file.mediaType(), file.content()));
  }

  /// The answer with its tag, or 304 when the client has it already.
  public static Answer conditional(Request request, String tag, Answer answer) {
    Optional<EntityTags> ifNoneMatch = request.ifNoneMatch();
    return ifNoneMatch.isPresent() && ifNoneMatch.get().matchWeakly(tag)
        ? Answer.notModified(tag)
        : answer.with("ETag", tag);
  }
}
