package dev.varve.net.http;

import dev.varve.kernel.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;

/// Files that come with the program, such as the scripts of a page. Each is read from the class path when it is first
/// asked for, sent compressed to whoever takes that, and a browser that has one asks whether it is still the same.
public final class BundledFiles {
  private static final Pattern GZIP =
      Pattern.compile("gzip\\s*(;\\s*q=(1|1\\.0+|0\\.0*[1-9]\\d*)\\s*)?");
  // what saves less than a tenth, such as a picture, is not worth unpacking
  private static final double WORTHWHILE = 0.9;

  private final Map<String, File> files = new HashMap<>();
  private final Map<String, Content> contents = new ConcurrentHashMap<>();

  private record File(String mediaType, String resource) {}

  /// @param gzip empty where compressing does not pay
  private record Content(byte[] plain, String tag, byte[] gzip) {}

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
    if (content.gzip().length == 0) {
      return conditional(
          request, content.tag(), Answer.bytes(200, file.mediaType(), content.plain()));
    }
    Answer answer =
        request.header("Accept-Encoding").filter(BundledFiles::takesGzip).isPresent()
            ? conditional(
                request,
                "\"gzip-" + content.tag().substring(1),
                Answer.bytes(200, file.mediaType(), content.gzip())
                    .with("Content-Encoding", "gzip"))
            : conditional(
                request, content.tag(), Answer.bytes(200, file.mediaType(), content.plain()));
    return answer.with("Vary", "Accept-Encoding");
  }

  private static boolean takesGzip(String acceptEncoding) {
    return Stream.of(acceptEncoding.toLowerCase(Locale.ROOT).split(","))
        .anyMatch(coding -> GZIP.matcher(coding.strip()).matches());
  }

  private static Content content(File file) {
    byte[] plain = read(file.resource());
    byte[] gzip = gzip(plain);
    boolean pays = gzip.length < plain.length * WORTHWHILE;
    return new Content(plain, tag(plain), pays ? gzip : new byte[0]);
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(plain.length / 2);
    try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }

  /// The answer with its tag, or 304 when the client has it already.
  public static Answer conditional(Request request, String tag, Answer answer) {
    Optional<EntityTags> ifNoneMatch = request.ifNoneMatch();
    return ifNoneMatch.isPresent() && ifNoneMatch.get().matchWeakly(tag)
        ? Answer.notModified(tag)
        : answer.with("ETag", tag);
  }
}
