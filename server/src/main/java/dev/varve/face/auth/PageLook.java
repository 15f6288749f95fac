package dev.varve.face.auth;

import dev.varve.net.http.Answer;
import dev.varve.net.http.Route;
import java.nio.charset.StandardCharsets;

/// `/auth/pages.css`: the colours, the name and the logo of an application on Varve's own pages.
///
/// A style sheet of its own, so that a page is the same for every application, and a content security policy allows no style that
/// stands in a page but the one that is known.
public final class PageLook {
  static final String PATH = "/auth/pages.css";

  private final byte[] css;

  public PageLook(PageSettings settings) {
    this.css = css(settings).getBytes(StandardCharsets.UTF_8);
  }

  private static String css(PageSettings settings) {
    StringBuilder css = new StringBuilder();
    css.append(":root{--accent:").append(settings.accent()).append(";--on-accent:#fff}\n");
    css.append("@media(prefers-color-scheme:dark){:root{--accent:")
        .append(settings.accentDark())
        .append(";--on-accent:#0b1216}}\n");
    if (!settings.logo().isEmpty() || !settings.name().isEmpty()) {
      css.append(".look{display:block}\n");
    }
    if (!settings.logo().isEmpty()) {
      css.append(".look{background:url(\"")
          .append(settings.logo())
          .append("\") left/contain no-repeat;min-height:2.5rem;padding-left:3.2rem}\n");
    }
    if (!settings.name().isEmpty()) {
      css.append(".look::before{content:\"").append(escaped(settings.name())).append("\"}\n");
    }
    return css.toString();
  }

  /// As it stands in a string of a style sheet (CSS Syntax Module Level 3, section 4.3.7).
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (Character.isLetterOrDigit(c) || c == ' ') {
            escaped.appendCodePoint(c);
          } else {
            escaped.append('\\').append(Integer.toHexString(c)).append(' ');
          }
        });
    return escaped.toString();
  }

  public Route route() {
    return Route.unlisted(
        "GET",
        PATH,
        _ -> Answer.bytes(200, "text/css; charset=utf-8", css).with("Cache-Control", "no-cache"));
  }
}
