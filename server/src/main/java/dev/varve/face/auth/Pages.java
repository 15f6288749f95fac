package dev.varve.face.auth;

import dev.varve.identity.account.Passwords;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.net.http.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Pages of Varve's own, such as those behind the links in mails, for applications that have none. They need no script. Looking at
/// one changes nothing, so that programs that look at links in mails do no harm; its button does.
public final class Pages {
  private static final String STYLE =
      ":root{color-scheme:light dark}"
          + "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem;color:#1b2733;background:#fff}"
          + "h1{font-size:1.4rem}ul{padding-left:1.2rem}"
          + "input,button{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;margin:.3rem 0 1rem}"
          + "input[type=checkbox]{width:auto;margin:0 .4rem 0 0}.choice{display:block;margin:0 0 1rem}svg{display:block;max-width:100%;height:auto}"
          + "code{font:1rem ui-monospace,monospace;overflow-wrap:anywhere}"
          + "button{background:#1b5e7a;color:#fff;border:1px solid #1b5e7a;border-radius:4px;cursor:pointer}"
          + "button.other{background:none;color:#1b5e7a}"
          + "a.button{display:block;box-sizing:border-box;text-align:center;text-decoration:none;padding:.6rem;margin:.3rem 0 1rem;"
          + "color:#1b5e7a;border:1px solid #1b5e7a;border-radius:4px}select{font:inherit;width:100%;padding:.6rem;margin:.3rem 0 1rem}"
          + ".note{border-left:4px solid #b3261e;padding:.2rem .8rem}"
          + "@media(prefers-color-scheme:dark){body{color:#e4ebf0;background:#12181d}a{color:#8cc7e0}"
          + "button{background:#8cc7e0;color:#0b1216;border-color:#8cc7e0}button.other{color:#8cc7e0}a.button{border-color:#8cc7e0}}";

  private static final String STYLE_SOURCE = source(STYLE);

  /// A script that a page runs.
  ///
  /// @param text of most pages nothing
  /// @param asks whether it sends requests to this server
  public record Script(String text, boolean asks) {
    public static final Script NONE = new Script("", false);
  }

  private Pages() {}

  /// A page with one button.
  static Answer confirm(String path, String title, String text, String button, String token) {
    return form(path, title, text, "", button, token);
  }

  /// A page with one button that asks for the password.
  static Answer confirmWithPassword(
      String path, String title, String text, String button, String token) {
    return form(
        path,
        title,
        text,
        ("<label for=\"p\">Password</label><input id=\"p\" type=\"password\" name=\"password\""
                + " autocomplete=\"current-password\" maxlength=\"%d\" required>")
            .formatted(Passwords.LENGTH_MAX),
        button,
        token);
  }

  /// A page that asks for a passkey.
  static Answer confirmWithPasskey(String title, String text, PasskeyForm form) {
    return page(
        200,
        Locale.ENGLISH,
        title,
        "<p>%s</p>\n".formatted(escaped(text))
            + form.html(PasskeyForm.Words.ENGLISH)
            + "<noscript><p>This page needs scripts.</p></noscript>\n",
        List.of(),
        PasskeyForm.SCRIPT);
  }

  /// A page that asks for a new password.
  static Answer newPassword(String path, String token) {
    return form(
        path,
        "Choose a new password",
        "It has %d characters or more. You are signed out everywhere."
            .formatted(Passwords.LENGTH_MIN),
        ("<label for=\"p\">New password</label><input id=\"p\" type=\"password\" name=\"newPassword\""
                + " autocomplete=\"new-password\" minlength=\"%d\" maxlength=\"%d\" required>")
            .formatted(Passwords.LENGTH_MIN, Passwords.LENGTH_MAX),
        "Change the password",
        token);
  }

  private static Answer form(
      String path, String title, String text, String fields, String button, String token) {
    return page(
        200,
        title,
        """
        <p>%s</p>
        <form method="post" action="%s">
        <input type="hidden" name="token" value="%s">
        %s
        <button>%s</button>
        </form>
        """
            .formatted(escaped(text), escaped(path), escaped(token), fields, escaped(button)));
  }

  /// A page that says something.
  static Answer says(int status, String title, String text) {
    return page(status, title, "<p>%s</p>\n".formatted(escaped(text)));
  }

  /// @param content as HTML
  static Answer page(int status, String title, String content) {
    return page(status, Locale.ENGLISH, title, content, List.of(), "");
  }

  /// A page whose forms may go elsewhere too, in a language.
  ///
  /// @param content as HTML
  /// @param targets the origins to which its forms, and what their answers lead to, may go beside this server
  /// @param script that it runs; nothing of most
  public static Answer page(
      int status,
      Locale language,
      String title,
      String content,
      List<String> targets,
      String script) {
    return page(status, language, title, content, targets, new Script(script, false));
  }

  /// The same with a script that may send requests.
  public static Answer page(
      int status,
      Locale language,
      String title,
      String content,
      List<String> targets,
      Script script) {
    String html =
        """
        <!doctype html>
        <html lang="%5$s">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>%1$s</title>
        <style>%2$s</style>
        </head>
        <body>
        <h1>%1$s</h1>
        %3$s%4$s</body>
        </html>
        """
            .formatted(
                escaped(title),
                STYLE,
                content,
                script.text().isEmpty() ? "" : "<script>" + script.text() + "</script>",
                language.toLanguageTag());
    return Answer.html(status, html.getBytes(StandardCharsets.UTF_8))
        .with("Content-Security-Policy", policy(targets, script));
  }

  private static String policy(List<String> targets, Script script) {
    return "default-src 'none'; style-src %s; %sform-action %s; base-uri 'none'; frame-ancestors 'none'"
        .formatted(
            STYLE_SOURCE,
            script(script),
            String.join(" ", Stream.concat(Stream.of("'self'"), targets.stream()).toList()));
  }

  private static String script(Script script) {
    String source = script.text().isEmpty() ? "" : "script-src " + source(script.text()) + "; ";
    return script.asks() ? source + "connect-src 'self'; " : source;
  }

  /// What names a text that stands in a page (CSP Level 3, section 2.3.1).
  private static String source(String text) {
    return "'sha256-%s'".formatted(Base64.getEncoder().encodeToString(OpaqueToken.sha256(text)));
  }

  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
