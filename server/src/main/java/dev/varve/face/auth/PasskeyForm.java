package dev.varve.face.auth;

import dev.varve.kernel.Json;
import dev.varve.net.http.BundledFiles;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A form that a passkey answers: its script shows it where the browser can do that, and sends it.
///
/// @param action where it goes
/// @param options where the script gets what to ask the browser for
/// @param hidden what else it carries, of which `token` is sent for the options too
public record PasskeyForm(String action, String options, Map<String, String> hidden) {
  /// What it carries that the browser has answered, as JSON.
  public static final String CREDENTIAL = "credential";

  public static final Pages.Script SCRIPT =
      new Pages.Script(
          new String(BundledFiles.read("/dev/varve/face/auth/passkeys.js"), StandardCharsets.UTF_8),
          true);

  /// As HTML. The script finds the words for an error of the browser by its name.
  ///
  /// @param button the key of what people press
  public String html(Texts texts, String button) {
    return html(texts, "", "", "<button class=\"other\">%s</button>", button);
  }

  /// The same in which a passkey is made.
  ///
  /// @param fields what else people fill in, as HTML
  public String toMake(Texts texts, String fields, String button) {
    String there =
        " data-create=\"yes\" data--invalid-state-error=\"%s\""
            .formatted(Pages.escaped(texts.get("passkey.known")));
    return html(texts, there, fields, "<button>%s</button>", button);
  }

  private String html(
      Texts texts, String attributes, String more, String buttonHtml, String button) {
    StringBuilder fields = new StringBuilder();
    hidden.forEach((name, value) ->
        fields.append(
            "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n"
                .formatted(Pages.escaped(name), Pages.escaped(value))));
    return """
    <form method="post" action="%s" data-options="%s" data-other="%s" data--not-allowed-error="%s" data--security-error="%s"%s hidden>
    %s<input type="hidden" name="credential" value="">
    <p class="note" role="alert" hidden></p>
    %s%s
    </form>
    """
        .formatted(
            Pages.escaped(action),
            Pages.escaped(options),
            Pages.escaped(texts.get("passkey.other")),
            Pages.escaped(texts.get("passkey.cancelled")),
            Pages.escaped(texts.get("passkey.domain")),
            attributes,
            fields,
            more,
            buttonHtml.formatted(Pages.escaped(texts.get(button))));
  }

  /// What the script tells keepers of passkeys, as HTML: for each function of the browser what it takes.
  public static String signals(Map<String, ?> details) {
    return details.isEmpty()
        ? ""
        : "<div hidden data-signals=\"%s\"></div>\n"
            .formatted(
                Pages.escaped(
                    new String(
                        Json.bytes(json -> Json.write(json, details)), StandardCharsets.UTF_8)));
  }
}
