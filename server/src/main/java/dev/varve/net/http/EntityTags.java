package dev.varve.net.http;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.util.ArrayList;
import java.util.List;

/// The value of `If-Match` or `If-None-Match` (RFC 9110, section 13.1): `*`, or a list of entity tags.
///
/// Tags are held and compared whole, with their quotes, and with `W/` before them when they are weak.
public final class EntityTags {
  private static final EntityTags ANY = new EntityTags(List.of());
  private static final String GZIP_MARK = "-gzip\"";

  private final List<String> tags;

  private EntityTags(List<String> tags) {
    this.tags = tags;
  }

  /// @param header the name of the header, for the message
  /// @throws Problem MALFORMED_REQUEST when the value is neither `*` nor a list of entity tags
  public static EntityTags parse(String header, String value) {
    if (value.strip().equals("*")) {
      return ANY;
    }
    List<String> tags = new ArrayList<>();
    int at = skipSeparators(value, 0);
    while (at < value.length()) {
      int end = endOfTag(header, value, at);
      tags.add(value.substring(at, end));
      int next = skipSeparators(value, end);
      if (next < value.length() && value.substring(end, next).indexOf(',') < 0) {
        throw malformed(header, value);
      }
      at = next;
    }
    if (tags.isEmpty()) {
      throw malformed(header, value);
    }
    return new EntityTags(List.copyOf(tags));
  }

  // empty elements of a list are allowed (RFC 9110, section 5.6.1)
  private static int skipSeparators(String value, int from) {
    int at = from;
    while (at < value.length() && " \t,".indexOf(value.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private static int endOfTag(String header, String value, int from) {
    int quote = value.startsWith("W/", from) ? from + 2 : from;
    int end = value.startsWith("\"", quote) ? value.indexOf('"', quote + 1) : -1;
    if (end < 0 || value.substring(quote + 1, end).chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw malformed(header, value);
    }
    return end + 1;
  }

  private static Problem malformed(String header, String value) {
    String shown = value.length() > 100 ? value.substring(0, 100) + "..." : value;
    return new Problem(
        ErrorCode.MALFORMED_REQUEST,
        "The header %s must be * or entity tags in double quotes, as in %s: \"7\"; it is: %s"
            .formatted(header, header, shown));
  }

  /// The tag of the gzip form of what has this tag: a strong one gets a mark, a weak one stands for both.
  public static String ofGzip(String etag) {
    return isWeak(etag) || etag.endsWith(GZIP_MARK)
        ? etag
        : etag.substring(0, etag.length() - 1) + GZIP_MARK;
  }

  /// The same, with the tags of gzip forms as those of the plain forms that they were made from.
  public EntityTags ofPlainForms() {
    return tags.stream().anyMatch(tag -> tag.endsWith(GZIP_MARK))
        ? new EntityTags(tags.stream().map(EntityTags::ofPlainForm).toList())
        : this;
  }

  private static String ofPlainForm(String tag) {
    return tag.endsWith(GZIP_MARK) && !isWeak(tag)
        ? tag.substring(0, tag.length() - GZIP_MARK.length()) + "\""
        : tag;
  }

  /// Whether the value is `*`, which matches everything that exists.
  public boolean isAny() {
    return tags.isEmpty();
  }

  /// The tags in the order of the header; none when the value is `*`.
  public List<String> tags() {
    return tags;
  }

  /// Strong comparison, as `If-Match` needs it: a weak tag matches nothing.
  public boolean matchStrongly(String etag) {
    return isAny() || (!isWeak(etag) && tags.contains(etag));
  }

  /// Weak comparison, as `If-None-Match` needs it: `W/` makes no difference.
  public boolean matchWeakly(String etag) {
    String wanted = opaque(etag);
    return isAny() || tags.stream().anyMatch(tag -> opaque(tag).equals(wanted));
  }

  private static boolean isWeak(String etag) {
    return etag.startsWith("W/");
  }

  private static String opaque(String etag) {
    return isWeak(etag) ? etag.substring(2) : etag;
  }
}
