package dev.varve.face.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes for a request whatever any known server has ever taken for one. Lines end where it thinks they do, headers go on in
/// the next line, names have blanks around them, lengths have signs and prefixes; nothing is refused.
///
/// @param codingFirst whether `Transfer-Encoding` goes before `Content-Length`, or the other way round
/// @param firstLength whether of many lengths the first counts, or the last
/// @param underscores whether `_` in a name is as good as `-`
/// @param returns whether a carriage return alone ends a line
/// @param zeros whether a line ends at a zero, as texts in C do
record LenientReader(
    boolean codingFirst, boolean firstLength, boolean underscores, boolean returns, boolean zeros)
    implements RequestReader {
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern DIGITS = Pattern.compile("[+\\s]*(?:0x)?0*([0-9a-fA-F]+)");
  private static final Pattern LENGTHS = Pattern.compile("(0x[0-9a-fA-F]+|[0-9]+)");
  private static final int LENGTH_MAX = 1 << 20;

  /// One that takes chunks before lengths, and the last of those.
  static final LenientReader COMMON = new LenientReader(true, false, true, false, false);

  /// Of each taste one.
  static List<LenientReader> all() {
    List<LenientReader> all = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      all.add(
          new LenientReader((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0, (i & 16) != 0));
    }
    return all;
  }

  @Override
  public Optional<SeenRequest> next(PushbackInputStream in) throws IOException {
    Optional<String> first = line(in);
    while (first.isPresent() && first.get().isBlank()) {
      first = line(in);
    }
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = BLANKS.split(first.get().strip(), 3);
    List<String> headers = new ArrayList<>();
    // HTTP/0.9 has none
    Optional<String> line = parts.length < 3 ? Optional.of("") : line(in);
    while (line.isPresent() && !line.get().isBlank()) {
      boolean folded = Character.isWhitespace(line.get().charAt(0)) && !headers.isEmpty();
      headers.add(folded ? headers.removeLast() + ' ' + line.get().strip() : line.get());
      line = line(in);
    }
    if (line.isEmpty()) {
      return Optional.empty();
    }
    return body(in, headers)
        .map(body -> new SeenRequest(parts[0], parts.length > 1 ? parts[1] : "", headers, body));
  }

  private Optional<String> body(PushbackInputStream in, List<String> headers) throws IOException {
    boolean chunked = false;
    List<Integer> lengths = new ArrayList<>();
    for (String header : headers) {
      String[] parts = header.split(":", 2);
      String name = name(parts[0]);
      String value = parts.length > 1 ? parts[1] : "";
      if (name.equals("transfer-encoding")) {
        chunked |= value.toLowerCase(Locale.ROOT).contains("chunked");
      } else if (name.equals("content-length")) {
        lengths.addAll(lengths(value));
      }
    }
    if (chunked && (codingFirst || lengths.isEmpty())) {
      return chunks(in);
    }
    if (lengths.isEmpty()) {
      return Optional.of("");
    }
    return exactly(in, firstLength ? lengths.getFirst() : lengths.getLast());
  }

  /// The letters of it: blanks and marks around and between them are overlooked.
  private String name(String text) {
    StringBuilder letters = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      if (letter == '_' && underscores) {
        letters.append('-');
      } else if (letter == '-' || letter == '_' || isLetterOrDigit(letter)) {
        letters.append(Character.toLowerCase(letter));
      }
    }
    return letters.toString();
  }

  private static boolean isLetterOrDigit(char letter) {
    return letter < 128 && Character.isLetterOrDigit(letter);
  }

  private static List<Integer> lengths(String value) {
    List<Integer> lengths = new ArrayList<>();
    Matcher found = LENGTHS.matcher(value);
    while (found.find()) {
      lengths.add(
          found.group().startsWith("0x")
              ? bounded(found.group().substring(2), 16)
              : bounded(found.group(), 10));
    }
    return lengths;
  }

  private static int bounded(String digits, int radix) {
    return digits.length() > 15
        ? LENGTH_MAX
        : (int) Math.min(LENGTH_MAX, Long.parseLong(digits, radix));
  }

  private Optional<String> chunks(PushbackInputStream in) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      Optional<String> size = line(in);
      if (size.isEmpty()) {
        return Optional.empty();
      }
      Matcher digits = DIGITS.matcher(size.get());
      int length = digits.lookingAt() ? bounded(digits.group(1), 16) : 0;
      if (length == 0) {
        return trailers(in) ? Optional.of(body.toString()) : Optional.empty();
      }
      Optional<String> chunk = exactly(in, length);
      if (chunk.isEmpty() || !skipLineEnd(in)) {
        return Optional.empty();
      }
      body.append(chunk.get());
    }
  }

  private boolean trailers(PushbackInputStream in) throws IOException {
    Optional<String> line = line(in);
    while (line.isPresent() && !line.get().isBlank()) {
      line = line(in);
    }
    return line.isPresent();
  }

  /// If there is one.
  private static boolean skipLineEnd(PushbackInputStream in) throws IOException {
    int next = in.read();
    next = next == '\r' ? in.read() : next;
    if (next >= 0 && next != '\n') {
      in.unread(next);
    }
    return next >= 0;
  }

  private static Optional<String> exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    return bytes.length < length
        ? Optional.empty()
        : Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /// Absent when the connection ends before.
  private Optional<String> line(PushbackInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = in.read();
    while (next >= 0) {
      if (next == '\n') {
        return Optional.of(cut(line));
      }
      if (next == '\r' && returns) {
        int after = in.read();
        if (after >= 0 && after != '\n') {
          in.unread(after);
        }
        return Optional.of(cut(line));
      }
      line.append((char) next);
      next = in.read();
    }
    return Optional.empty();
  }

  private String cut(StringBuilder line) {
    int zero = line.indexOf("\u0000");
    String whole = zero >= 0 && zeros ? line.substring(0, zero) : line.toString();
    return whole.endsWith("\r") ? whole.substring(0, whole.length() - 1) : whole;
  }
}
