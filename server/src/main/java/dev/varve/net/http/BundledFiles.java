package dev.varve.net.http;

import dev.varve.kernel.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/// Files that come with the program, such as the scripts of a page. Each is read from the class path when it is first
/// asked for, sent compressed to whoever takes that, and a browser that has one asks whether it is still the same.
public final class BundledFiles {
  private final Map<String, File> files = new HashMap<>();
  private final Map<String, Content> contents = new ConcurrentHashMap<>();

  private record File(String mediaType, String resource) {}

  /// @param gzip absent where compressing does not pay
  private record Content(byte[] plain, String tag, Supplier<Optional<byte[]>> gzip) {}

  /// @param name in the path of the request
  /// @param resource its place on the class path, with a slash in front
  public BundledFiles with(String name, String mediaType, String resource) {
    if (BundledFiles.class.getResource(resource) == null) {
      throw missing(resource);
    }
    files.put(name, new File(mediaType, resource));
    return this;
  }

  private static IllegalStateException missing(String resource) {
    return new IllegalStateException("The class path lacks " + resource);
  }

  /// The content of a file on the class path.
  public static byte[] read(String resource) {
    try (InputStream in = BundledFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw missing(resource);
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
    Content content = contents.computeIfAbsent(name, _ -> content(file));
    return conditional(
        request,
        content.tag(),
        Answer.bytes(200, file.mediaType(), content.plain()).withGzip(content.gzip()));
  }

  private static Content content(File file) {
    byte[] plain = read(file.resource());
    Optional<byte[]> gzip = Gzip.THOROUGH.compress(plain);
    return new Content(plain, tag(plain), () -> gzip);
  }

  /// The answer with its tag, or 304 when the client has it already.
  public static Answer conditional(Request request, String tag, Answer answer) {
    Optional<EntityTags> ifNoneMatch = request.ifNoneMatch();
    return ifNoneMatch.isPresent() && ifNoneMatch.get().matchWeakly(tag)
        ? Answer.notModified(tag)
        : answer.with("ETag", tag);
  }
}
