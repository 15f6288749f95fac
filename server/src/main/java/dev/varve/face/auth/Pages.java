package dev.varve.face.auth;

import dev.varve.identity.account.Passwords;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.net.http.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Pages of Varve's own, such as those behind the links in mails, for applications that have none. They need no script. Looking at
/// one changes nothing, so that programs that look at links in mails do no harm; its button does.
public final class Pages {
  private static final String STYLE =
      ":root{color-scheme:light dark;--accent:#1b5e7a;--on-accent:#fff}"
          + "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem;color:#1b2733;background:#fff}"
          + "h1{font-size:1.4rem}ul{padding-left:1.2rem}"
          + "input,button{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;margin:.3rem 0 1rem}"
          + "input[type=checkbox]{width:auto;margin:0 .4rem 0 0}.choice{display:block;margin:0 0 1rem}svg{display:block;max-width:100%;height:auto}"
          + "code{font:1rem ui-monospace,monospace;overflow-wrap:anywhere}"
          + "button{background:var(--accent);color:var(--on-accent);border:1px solid var(--accent);border-radius:4px;cursor:pointer}"
          + "button.other{background:none;color:var(--accent)}a{color:var(--accent)}.look{display:none;font-weight:600;line-height:2.5rem}"
          + "select{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;margin:.3rem 0 1rem}"
          + "input[type=checkbox]{width:auto;margin-right:.5rem}.hint{font-size:.9rem;margin:-.8rem 0 1rem}"
          + "a.button{display:block;box-sizing:border-box;text-align:center;text-decoration:none;padding:.6rem;margin:.3rem 0 1rem;"
          + "color:var(--accent);border:1px solid var(--accent);border-radius:4px}"
          + "section{border-top:1px solid #80808080;margin-top:2rem}h2{font-size:1.2rem;margin:1rem 0 .5rem}h3{font-size:1rem}"
          + "dl{margin:0}dt{font-size:.9rem}dd{margin:0 0 .8rem}dd,.rows{overflow-wrap:anywhere}summary{cursor:pointer;padding:.4rem 0}"
          + ".rows{list-style:none;padding:0}.rows>li{padding:.6rem 0;border-bottom:1px solid #80808080}"
          + ".rows button{width:auto;padding:.3rem .8rem;margin:.4rem 0 0}.done{border-left:4px solid #1b7e3a;padding:.2rem .8rem}"
          + ".note{border-left:4px solid #b3261e;padding:.2rem .8rem}"
          + "@media(prefers-color-scheme:dark){:root{--accent:#8cc7e0;--on-accent:#0b1216}body{color:#e4ebf0;background:#12181d}}";

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
  ///
  /// @param key of its title, its text and its button
  static Answer confirm(Texts texts, String path, String key, String token) {
    return form(texts, path, key, texts.get(key + ".text"), "", token);
  }

  /// A page with one button that asks for the password.
  static Answer confirmWithPassword(Texts texts, String path, String key, String token) {
    return form(
        texts,
        path,
        key,
        texts.get(key + ".text"),
        ("<label for=\"p\">%s</label><input id=\"p\" type=\"password\" name=\"password\""
                + " autocomplete=\"current-password\" maxlength=\"%d\" required>")
            .formatted(escaped(texts.get("signIn.password")), Passwords.LENGTH_MAX),
        token);
  }

  /// A page that asks for a passkey.
  static Answer confirmWithPasskey(Texts texts, PasskeyForm form) {
    return page(
        200,
        texts.language(),
        texts.get("verify.title"),
        "<p>%s</p>\n%s<noscript><p>%s</p></noscript>\n"
            .formatted(
                escaped(texts.get("verify.passkey")),
                form.html(texts, "passkey.confirm"),
                escaped(texts.get("passkey.scripts"))),
        List.of(),
        PasskeyForm.SCRIPT);
  }

  /// A page that asks for a new password.
  static Answer newPassword(Texts texts, String path, String token) {
    return form(
        texts,
        path,
        "newPassword",
        texts.get("newPassword.text", Passwords.LENGTH_MIN),
        chosenPassword(texts, "newPassword", texts.get("newPassword.password")),
        token);
  }

  /// A field in which somebody chooses a password.
  public static String chosenPassword(Texts texts, String name, String label) {
    return ("<label for=\"p\">%s</label><input id=\"p\" type=\"password\" name=\"%s\""
            + " autocomplete=\"new-password\" minlength=\"%d\" maxlength=\"%d\" required"
            + " aria-describedby=\"p-hint\"><p class=\"hint\" id=\"p-hint\">%s</p>\n")
        .formatted(
            escaped(label),
            name,
            Passwords.LENGTH_MIN,
            Passwords.LENGTH_MAX,
            escaped(texts.get("password.hint", Passwords.LENGTH_MIN)));
  }

  private static Answer form(
      Texts texts, String path, String key, String text, String fields, String token) {
    return page(
        200,
        texts.language(),
        texts.get(key + ".title"),
        """
        <p>%s</p>
        <form method="post" action="%s">
        <input type="hidden" name="token" value="%s">
        %s
        <button>%s</button>
        </form>
        """
            .formatted(
                escaped(text),
                escaped(path),
                escaped(token),
                fields,
                escaped(texts.get(key + ".button"))),
        List.of(),
        "");
  }

  /// A page that shows something to be copied.
  static Answer shows(String title, String text, String copied) {
    return page(
        200,
        title,
        "<p>%s</p>\n<p><code>%s</code></p>\n".formatted(escaped(text), escaped(copied)));
  }

  /// A page that says something.
  public static Answer says(int status, Texts texts, String title, String text) {
    return page(
        status, texts.language(), title, "<p>%s</p>\n".formatted(escaped(text)), List.of(), "");
  }

  /// Codes that are written down, as HTML.
  public static String codes(List<String> codes) {
    return codes.stream()
        .map(code -> "<li><code>%s</code></li>\n".formatted(escaped(code)))
        .collect(Collectors.joining("", "<ul>\n", "</ul>\n"));
  }

  /// With the role `alert` it is read out at once (WAI-ARIA 1.2).
  ///
  /// @param text what was wrong; nothing at first
  public static String note(String text) {
    return text.isEmpty()
        ? ""
        : "<p class=\"note\" role=\"alert\">%s</p>\n".formatted(escaped(text));
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
        <link rel="icon" href="data:,">
        <style>%2$s</style>
        <link rel="stylesheet" href="%6$s">
        </head>
        <body>
        <main>
        <p class="look" aria-hidden="true"></p>
        <h1>%1$s</h1>
        %3$s</main>
        %4$s</body>
        </html>
        """
            .formatted(
                escaped(title),
                STYLE,
                content,
                script.text().isEmpty() ? "" : "<script>" + script.text() + "</script>",
                language.toLanguageTag(),
                PageLook.PATH);
    return Answer.html(status, html.getBytes(StandardCharsets.UTF_8))
        .with("Content-Security-Policy", policy(targets, script));
  }

  private static String policy(List<String> targets, Script script) {
    return "default-src 'none'; style-src %s 'self'; img-src 'self' data:; %sform-action %s; base-uri 'none'; frame-ancestors 'none'"
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
