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

  /// What people read.
  ///
  /// @param button what they press
  /// @param cancelled that nobody has answered
  /// @param domain that there are no passkeys at this address
  /// @param other that something else went wrong
  public record Words(String button, String cancelled, String domain, String other) {
    static final Words ENGLISH =
        new Words(
            "Use the passkey",
            "No passkey was used: it was cancelled, took too long, or there is none on this device.",
            "Passkeys do not work at this address. Open the page under the name of the site.",
            "The passkey could not be used. Try again.");
  }

  /// As HTML. The script finds the words for an error of the browser by its name.
  public String html(Words words) {
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
            Pages.escaped(words.other()),
            Pages.escaped(words.cancelled()),
            Pages.escaped(words.domain()),
            fields,
            Pages.escaped(words.button()));
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
