package dev.varve.face.account;

import dev.varve.face.auth.Pages;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Optional;

/// The pieces of which the parts of the page are made.
final class Html {
  private Html() {}

  /// A part, which a link can lead to.
  static String section(Visit visit, String name, String content) {
    return "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">%s</h2>\n%s</section>\n"
        .formatted(name, name, name, visit.text("account." + name), content);
  }

  static String paragraph(String html) {
    return "<p>%s</p>\n".formatted(html);
  }

  /// @param fields what is in it, as HTML
  static String form(Visit visit, String path, String fields) {
    return """
    <form method="post" action="%s">
    <input type="hidden" name="token" value="%s">
    %s</form>
    """
        .formatted(path, visit.token(), fields);
  }

  static String hidden(String name, String value) {
    return "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n"
        .formatted(name, Pages.escaped(value));
  }

  /// @param key of its text
  static String button(Visit visit, String key) {
    return "<button>%s</button>\n".formatted(visit.text(key));
  }

  /// A form of one button, for one of many.
  ///
  /// @param of which one, for whoever does not see what stands beside it
  static String button(Visit visit, String path, String id, String key, String of) {
    return form(
        visit,
        path,
        hidden("id", id)
            + "<button class=\"other\" aria-label=\"%s\">%s</button>\n"
                .formatted(Pages.escaped(visit.texts().get(key) + ": " + of), visit.text(key)));
  }

  static String field(String id, String label, String attributes) {
    return "<label for=\"%s\">%s</label>\n<input id=\"%s\" %s>\n"
        .formatted(id, label, id, attributes);
  }

  static String link(Visit visit, String path, String key) {
    return "<p><a class=\"button\" href=\"%s\">%s</a></p>\n".formatted(path, visit.text(key));
  }

  /// @param none the key of what is said when there is none
  static String rows(Visit visit, List<String> rows, String none) {
    if (rows.isEmpty()) {
      return paragraph(visit.text(none));
    }
    StringBuilder list = new StringBuilder("<ul class=\"rows\">\n");
    rows.forEach(row -> list.append("<li>").append(row).append("</li>\n"));
    return list.append("</ul>\n").toString();
  }

  /// What somebody calls something, and when it was there.
  static String named(Visit visit, String name, Instant since, Optional<Instant> lastUsed) {
    String used =
        lastUsed
            .map(at -> visit.text("account.used", time(visit, at)))
            .orElse(visit.text("account.unused"));
    return "<strong>%s</strong><br>%s<br>%s\n"
        .formatted(Pages.escaped(name), visit.text("account.since", time(visit, since)), used);
  }

  /// A moment as people read it.
  static String time(Visit visit, Instant at) {
    return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
            .withLocale(visit.texts().language())
            .format(at.atZone(ZoneOffset.UTC))
        + " UTC";
  }
}
