package dev.varve.face.gateway;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.PathSegment;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a path and a query become at a service.
///
/// A path goes on as it was sent. One that a service could read in another way than the rules of the gateway did, with dots
/// for segments or slashes within one, goes nowhere: who may have what is decided by path.
final class Target {
  private static final int LENGTH_MAX = 64 * 1024;

  private final RouteSettings settings;
  private final int stripped;
  private final Optional<Pattern> pattern;

  Target(RouteSettings settings) {
    this.settings = settings;
    this.stripped =
        settings.strip().isEmpty() ? 0 : settings.strip().substring(1).split("/", -1).length;
    this.pattern =
        settings.rewrite().isSet()
            ? Optional.of(Pattern.compile(settings.rewrite().pattern()))
            : Optional.empty();
  }

  /// @throws Problem MALFORMED_REQUEST when a path may mean two things
  static void requirePlain(Request request) {
    List<String> segments = request.segments();
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (PathSegment.isDots(segment) || isEmptyName(segment, i, segments.size())) {
        throw new Problem(
            ErrorCode.MALFORMED_REQUEST,
            "The path has a segment that is empty, '.' or '..'. Write the path that is meant");
      }
      if (PathSegment.isDivided(segment)) {
        throw new Problem(
            ErrorCode.MALFORMED_REQUEST,
            "The path has an encoded slash, backslash or control character within a segment, which services read in different ways. Put it into the query");
      }
    }
  }

  private static boolean isEmptyName(String segment, int index, int count) {
    return (segment.isEmpty() || segment.startsWith(";")) && index < count - 1;
  }

  /// Path and query, as the request line has them.
  String of(Request request) {
    String target = path(request.path()) + query(request.rawQuery());
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c > '~' || c == '#') {
        throw new Problem(
            ErrorCode.MALFORMED_REQUEST,
            "The path or the query has a character that must be percent-encoded");
      }
    }
    if (target.length() > LENGTH_MAX) {
      throw new Problem(ErrorCode.URI_TOO_LONG, "The path has become too long on its way");
    }
    return target;
  }

  private String path(String path) {
    if (pattern.isPresent()) {
      Matcher matcher = pattern.get().matcher(path);
      return matcher.matches() ? rewritten(matcher) : path;
    }
    String left = path;
    for (int i = 0; i < stripped; i++) {
      int slash = left.indexOf('/', 1);
      left = slash < 0 ? "" : left.substring(slash);
    }
    String whole = settings.prefix() + left;
    return whole.isEmpty() ? "/" : whole;
  }

  private String rewritten(Matcher matcher) {
    StringBuilder path = new StringBuilder();
    String to = settings.rewrite().to();
    for (int i = 0; i < to.length(); i++) {
      if (to.charAt(i) == '$') {
        String group = matcher.group(to.charAt(++i) - '0');
        path.append(group == null ? "" : group);
      } else {
        path.append(to.charAt(i));
      }
    }
    return path.toString();
  }

  private String query(Optional<String> raw) {
    Alterations changes = settings.query();
    if (changes.isEmpty()) {
      return raw.map(text -> "?" + text).orElse("");
    }
    List<String> parts = new ArrayList<>();
    for (String part : raw.orElse("").split("&", -1)) {
      if (QueryString.parse(part).all().stream().noneMatch(each -> isReplaced(each.name()))
          && !part.isEmpty()) {
        parts.add(part);
      }
    }
    for (Map.Entry<String, String> added : changes.add().entrySet()) {
      parts.add(
          URLEncoder.encode(added.getKey(), StandardCharsets.UTF_8)
              + "="
              + URLEncoder.encode(added.getValue(), StandardCharsets.UTF_8));
    }
    return parts.isEmpty() ? "" : "?" + String.join("&", parts);
  }

  private boolean isReplaced(String name) {
    return settings.query().remove().contains(name) || settings.query().add().containsKey(name);
  }
}
