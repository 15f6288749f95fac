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
    StringBuilder fields = new StringBuilder();
    hidden.forEach((name, value) ->
        fields.append(
            "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n"
                .formatted(Pages.escaped(name), Pages.escaped(value))));
    return """
    <form method="post" action="%s" data-options="%s" data-other="%s" data--not-allowed-error="%s" data--security-error="%s" hidden>
    %s<input type="hidden" name="credential" value="">
    <p class="note" role="alert" hidden></p>
    <button class="other">%s</button>
    </form>
    """
        .formatted(
            Pages.escaped(action),
            Pages.escaped(options),
            Pages.escaped(texts.get("passkey.other")),
            Pages.escaped(texts.get("passkey.cancelled")),
            Pages.escaped(texts.get("passkey.domain")),
            fields,
            Pages.escaped(texts.get(button)));
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
