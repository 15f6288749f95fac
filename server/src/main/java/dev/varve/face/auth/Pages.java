package dev.varve.face.auth;

import dev.varve.identity.account.Passwords;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.net.http.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The pages behind the links in mails, for applications that have none of their own. They need no script. Looking at
/// one changes nothing, so that programs that look at links in mails do no harm; its button does.
final class Pages {
  private static final String STYLE =
      "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem;color:#1b2733}"
          + "h1{font-size:1.4rem}input,button{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;margin:.3rem 0 1rem}"
          + "button{background:#1b5e7a;color:#fff;border:0;border-radius:4px;cursor:pointer}";

  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-%s'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
          .formatted(Base64.getEncoder().encodeToString(OpaqueToken.sha256(STYLE)));

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
    String html =
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>%1$s</title>
        <style>%2$s</style>
        </head>
        <body>
        <h1>%1$s</h1>
        %3$s</body>
        </html>
        """
            .formatted(escaped(title), STYLE, content);
    return Answer.html(status, html.getBytes(StandardCharsets.UTF_8))
        .with("Content-Security-Policy", CONTENT_SECURITY_POLICY);
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
