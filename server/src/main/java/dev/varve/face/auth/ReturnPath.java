package dev.varve.face.auth;

import com.google.re2j.Pattern;
import dev.varve.net.http.Request;
import java.util.Optional;

/// Where a page of Varve's own leads back to: a path of this server, and nothing that a browser takes for another one.
public final class ReturnPath {
  /// The parameter, and the field of a form, that names it.
  public static final String NAME = "returnTo";

  private static final int LENGTH_MAX = 200;
  // no second slash at the start, no backslash, no dots: each of them has led browsers elsewhere
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_-]+)+");

  private ReturnPath() {}

  /// A link back, as HTML; nothing when there is no place to go back to.
  static String link(Texts texts, Optional<String> path) {
    return path.isEmpty()
        ? ""
        : "<p><a href=\"%s\">%s</a></p>\n"
            .formatted(Pages.escaped(path.get()), Pages.escaped(texts.get("back.link")));
  }

  static Optional<String> of(Request request) {
    return of(request.query().value(NAME));
  }

  static Optional<String> of(Optional<String> value) {
    return value.filter(path -> path.length() <= LENGTH_MAX && PATH.matches(path));
  }
}
