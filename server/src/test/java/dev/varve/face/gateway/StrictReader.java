package dev.varve.face.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Takes a request of HTTP/1.1 as RFC 9112 writes it, to the letter, and nothing else: what it leaves to the goodwill of
/// readers, such as empty lines in front or a bare line feed, is refused, and so is whatever the gateway has no reason to send.
final class StrictReader implements RequestReader {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern FIRST_LINE =
      Pattern.compile("(" + TOKEN + ") (/[!-\"$-~]*) HTTP/1\\.1");
  private static final Pattern HEADER =
      Pattern.compile(
          "(" + TOKEN + "): ?([!-~\\x80-\\xff]([ \\t!-~\\x80-\\xff]*[!-~\\x80-\\xff])?)?");
  private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern CHUNK = Pattern.compile("0|[1-9A-Fa-f][0-9A-Fa-f]{0,7}");

  @Override
  public Optional<SeenRequest> next(PushbackInputStream in) throws IOException {
    Optional<String> first = line(in);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    var parts = FIRST_LINE.matcher(first.get());
    if (!parts.matches()) {
      throw new Deviation("the first line " + first.get());
    }
    List<String> headers = new ArrayList<>();
    Optional<String> line = line(in);
    while (line.isPresent() && !line.get().isEmpty()) {
      headers.add(line.get());
      line = line(in);
    }
    if (line.isEmpty()) {
      return Optional.empty();
    }
    return body(in, headers)
        .map(body -> new SeenRequest(parts.group(1), parts.group(2), headers, body));
  }

  private static Optional<String> body(InputStream in, List<String> headers) throws IOException {
    List<String> lengths = new ArrayList<>();
    List<String> codings = new ArrayList<>();
    int hosts = 0;
    for (String header : headers) {
      var parts = HEADER.matcher(header);
      if (!parts.matches()) {
        throw new Deviation("the header " + header);
      }
      String value = parts.group(2) == null ? "" : parts.group(2);
      switch (parts.group(1).toLowerCase(Locale.ROOT)) {
        case "content-length" -> lengths.add(value);
        case "transfer-encoding" -> codings.add(value);
        case "host" -> hosts++;
        default -> {
          // none that says where the request ends
        }
      }
    }
    if (hosts != 1 || lengths.size() + codings.size() > 1) {
      throw new Deviation("the headers " + headers);
    }
    if (!codings.isEmpty()) {
      require(codings.getFirst().equals("chunked"), "the coding " + codings);
      return chunks(in);
    }
    if (lengths.isEmpty()) {
      return Optional.of("");
    }
    require(LENGTH.matcher(lengths.getFirst()).matches(), "the length " + lengths);
    return exactly(in, Integer.parseInt(lengths.getFirst()));
  }

  private static Optional<String> chunks(InputStream in) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      Optional<String> size = line(in);
      if (size.isEmpty()) {
        return Optional.empty();
      }
      require(CHUNK.matcher(size.get()).matches(), "the length of a chunk " + size.get());
      int length = Integer.parseInt(size.get(), 16);
      Optional<String> chunk = exactly(in, length);
      Optional<String> end = line(in);
      if (chunk.isEmpty() || end.isEmpty()) {
        return Optional.empty();
      }
      // of the last chunk this is the end of all, so there are no trailers
      require(end.get().isEmpty(), "the end of a chunk " + end.get());
      body.append(chunk.get());
      if (length == 0) {
        return Optional.of(body.toString());
      }
    }
  }

  private static Optional<String> exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    return bytes.length < length
        ? Optional.empty()
        : Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /// Up to CR LF; absent when the connection ends before.
  private static Optional<String> line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = in.read();
    while (next >= 0) {
      if (next == '\r') {
        int last = in.read();
        if (last < 0) {
          return Optional.empty();
        }
        require(last == '\n', "a bare carriage return behind " + line);
        return Optional.of(line.toString());
      }
      require((next >= ' ' && next != 0x7F) || next == '\t', "a control character behind " + line);
      line.append((char) next);
      next = in.read();
    }
    return Optional.empty();
  }

  private static void require(boolean holds, String what) throws Deviation {
    if (!holds) {
      throw new Deviation(what);
    }
  }
}
