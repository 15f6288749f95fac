package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.net.http.PathSegment;
import dev.varve.net.http.PercentEncoding;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Path and query of a part, with `{id}` for a segment of the aggregate's own path and `{order.user}` for what another part
/// answers. Immutable.
///
/// Whatever stands in braces becomes one value: it is percent-encoded, and one that would be more than a value, such as `..`
/// in a path, is refused.
final class Template {
  // an id or a word; what is longer is no key to anything
  private static final int VALUE_LENGTH_MAX = 1_000;
  private static final Pattern HOLE = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern REFERENCE = Pattern.compile("([A-Za-z0-9][A-Za-z0-9-]*)(.*)");
  private static final Pattern PLAIN =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\\[\\]-]|%[0-9A-Fa-f]{2})*");

  private final List<Piece> pieces;
  private final Set<String> parts;

  private Template(List<Piece> pieces) {
    this.pieces = List.copyOf(pieces);
    Set<String> named = new LinkedHashSet<>();
    for (Piece piece : pieces) {
      if (piece instanceof OfPart(String part, ValuePath _, String _)) {
        named.add(part);
      }
    }
    this.parts = Collections.unmodifiableSet(named);
  }

  private sealed interface Piece {}

  private record Text(String text) implements Piece {}

  private record Variable(String name) implements Piece {}

  /// @param shown as it is written
  private record OfPart(String part, ValuePath path, String shown) implements Piece {}

  /// @param variables of the path of the aggregate
  /// @param others the other parts of the aggregate
  /// @throws IllegalArgumentException with what is wrong, to follow the name of the setting
  static Template parse(String text, Set<String> variables, Set<String> others) {
    List<Piece> pieces = new ArrayList<>();
    Matcher hole = HOLE.matcher(text);
    int end = 0;
    while (hole.find()) {
      pieces.add(literal(text.substring(end, hole.start())));
      pieces.add(value(hole.group(1), variables, others));
      end = hole.end();
    }
    pieces.add(literal(text.substring(end)));
    Template template = new Template(pieces);
    requirePath(text, template.filled(_ -> "x"));
    return template;
  }

  private static Piece literal(String text) {
    if (!PLAIN.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "has '%s', which a URL has not as it stands: percent-encode it".formatted(text));
    }
    return new Text(text);
  }

  private static Piece value(String shown, Set<String> variables, Set<String> others) {
    Matcher reference = REFERENCE.matcher(shown);
    if (!reference.matches()) {
      throw new IllegalArgumentException(
          "has {%s}: write {name} for a segment of the path, or {part.field} for what a part answers"
              .formatted(shown));
    }
    String name = reference.group(1);
    String rest = reference.group(2);
    if (variables.contains(name) && rest.isEmpty()) {
      return new Variable(name);
    }
    if (others.contains(name)) {
      return new OfPart(name, path(rest), shown);
    }
    List<String> known = Stream.concat(variables.stream(), others.stream()).toList();
    throw new IllegalArgumentException(
        "names {%s}, but there is neither a segment {%s} in the path of the aggregate nor another part '%s'.%s"
            .formatted(shown, name, name, Nearest.hint(name, known)));
  }

  private static ValuePath path(String rest) {
    if (!rest.isEmpty() && rest.charAt(0) != '.' && rest.charAt(0) != '[') {
      throw new IllegalArgumentException(
          "has '%s' behind the name of a part: write {part.field}".formatted(rest));
    }
    return ValuePath.parse(rest.startsWith(".") ? rest.substring(1) : rest);
  }

  private static void requirePath(String text, String filled) {
    String path = filled.split("\\?", 2)[0];
    boolean plain = path.startsWith("/") && path.indexOf('[') < 0 && path.indexOf(']') < 0;
    if (!plain || !isPlain(path)) {
      throw new IllegalArgumentException(
          "is '%s': write a path from its slash on, without segments that are empty, '.' or '..'"
              .formatted(text));
    }
  }

  /// The parts whose answers it needs.
  Set<String> parts() {
    return parts;
  }

  /// The same with something else in each of its holes.
  String filled(Function<String, String> hole) {
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      text.append(
          switch (piece) {
            case Text(String literal) -> literal;
            case Variable(String name) -> hole.apply(name);
            case OfPart(String _, ValuePath _, String shown) -> hole.apply(shown);
          });
    }
    return text.toString();
  }

  /// Path and query for one request.
  ///
  /// @param variables the segments of the path of the aggregate, decoded
  /// @param answers what the parts have answered that it needs
  /// @throws Problem when a value is missing, or is none that may stand there
  String with(Function<String, String> variables, Map<String, @Nullable Object> answers) {
    StringBuilder target = new StringBuilder();
    for (Piece piece : pieces) {
      switch (piece) {
        case Text(String literal) -> target.append(literal);
        case Variable(String name) -> target.append(encoded(name, variables.apply(name)));
        case OfPart(String part, ValuePath path, String shown) ->
            target.append(encoded(shown, scalar(shown, path.in(answers.get(part)))));
      }
    }
    int query = target.indexOf("?");
    if (!isPlain(query < 0 ? target.toString() : target.substring(0, query))) {
      throw new Problem(
          ErrorCode.UPSTREAM_FAILED, "A value that it needs is none that a path may hold");
    }
    return target.toString();
  }

  private static String scalar(String shown, @Nullable Object value) {
    return switch (value) {
      case String text -> text;
      case Long number -> number.toString();
      case BigDecimal number -> number.toPlainString();
      case Boolean truth -> truth.toString();
      case null -> throw Problem.notFound("It needs %s, which there is not".formatted(shown));
      default ->
          throw new Problem(
              ErrorCode.UPSTREAM_FAILED, "It needs %s, which is no single value".formatted(shown));
    };
  }

  private static String encoded(String shown, String value) {
    if (value.length() > VALUE_LENGTH_MAX) {
      throw new Problem(
          ErrorCode.UPSTREAM_FAILED,
          "It needs %s, which has more than %,d characters".formatted(shown, VALUE_LENGTH_MAX));
    }
    return encoded(value);
  }

  /// All but the unreserved characters of RFC 3986, section 2.3, is encoded.
  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  /// Whether nobody can read the path in another way than it is meant.
  private static boolean isPlain(String path) {
    return path.length() > 1
        && segments(path).stream()
            .allMatch(segment ->
                !segment.isEmpty()
                    && !PathSegment.isDots(segment)
                    && !PathSegment.isDivided(segment));
  }

  /// The segments of a path, decoded.
  static List<String> segments(String path) {
    return Stream.of(path.substring(1).split("/", -1)).map(Template::decoded).toList();
  }

  private static String decoded(String segment) {
    try {
      return PercentEncoding.decode(segment);
    } catch (PercentEncoding.Malformed e) {
      throw new IllegalArgumentException("has a segment that is not percent-encoded UTF-8");
    }
  }
}
