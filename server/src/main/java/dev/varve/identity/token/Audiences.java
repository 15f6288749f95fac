package dev.varve.identity.token;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Whom access tokens may be for (RFC 8707): this server, by its issuer or its audience, or a path of it, such as
/// `https://shop.example/mcp`. A token for a path is good there and below, and nowhere else.
///
/// @param issuer a URL
public record Audiences(String issuer, String audience) {
  // no path of a resource is longer
  private static final int LENGTH_MAX = 500;
  private static final String SLASH = "/";

  /// The audience that stands for what a client asks for; nothing when it is none of this server. A slash at the end makes no
  /// difference: programs add one.
  public Optional<String> named(String resource) {
    String asked = withoutSlash(resource);
    if (asked.equals(withoutSlash(audience))) {
      return Optional.of(audience);
    }
    if (asked.equals(withoutSlash(issuer))) {
      return Optional.of(issuer);
    }
    return path(asked).map(_ -> asked);
  }

  private static String withoutSlash(String text) {
    return text.endsWith(SLASH) ? text.substring(0, text.length() - 1) : text;
  }

  /// Whether a token for one audience may be had by whoever may have one for another: the same, or a part of it.
  public boolean isWithin(String narrow, String wide) {
    List<String> outer = pathOf(wide);
    List<String> inner = pathOf(narrow);
    return outer.size() <= inner.size() && inner.subList(0, outer.size()).equals(outer);
  }

  /// Whether a token says that it is for this server.
  boolean contains(String claim) {
    return claim.equals(audience) || claim.equals(issuer) || path(claim).isPresent();
  }

  /// The segments of the path that a token is for, of an audience that [#named] has given; none when it is for all of the server.
  List<String> pathOf(String claim) {
    return claim.equals(audience) || claim.equals(issuer) ? List.of() : path(claim).orElseThrow();
  }

  /// The segments behind the issuer; nothing when it is no path that is written in the one way.
  private Optional<List<String>> path(String text) {
    String base = withoutSlash(issuer) + SLASH;
    if (text.length() > LENGTH_MAX || !text.startsWith(base)) {
      return Optional.empty();
    }
    List<String> segments = Arrays.asList(text.substring(base.length()).split(SLASH, -1));
    boolean plain = segments.stream().allMatch(Audiences::isPlain) && isUrl(text);
    return plain ? Optional.of(List.copyOf(segments)) : Optional.empty();
  }

  private static boolean isUrl(String text) {
    try {
      return new URI(text).getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isPlain(String segment) {
    return !segment.isEmpty()
        && !segment.equals(".")
        && !segment.equals("..")
        && segment.chars().allMatch(Audiences::isUnreserved);
  }

  /// RFC 3986, section 2.3
  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~".indexOf(c) >= 0;
  }
}
