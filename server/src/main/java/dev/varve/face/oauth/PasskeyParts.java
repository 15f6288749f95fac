package dev.varve.face.oauth;

import dev.varve.face.auth.Pages;
import dev.varve.identity.account.Factor;
import dev.varve.identity.client.Flows.Flow;
import dev.varve.kernel.Json;
import dev.varve.net.http.BundledFiles;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What of the pages of a flow has to do with passkeys: a form that the script shows where the browser can use it, and what keepers of
/// passkeys are told.
final class PasskeyParts {
  /// The one script of the pages.
  static final Pages.Script SCRIPT =
      new Pages.Script(
          new String(
              BundledFiles.read("/dev/varve/face/oauth/passkeys.js"), StandardCharsets.UTF_8),
          true);

  /// What a form carries that a passkey has signed.
  static final String FIELD = "passkey";

  private PasskeyParts() {}

  /// Where the script gets a challenge for a flow.
  static String optionsPath(Flow flow) {
    return FlowEndpoint.path(flow) + "/passkey";
  }

  /// A form that the script sends, and shows before.
  static String form(Flow flow, String formToken, Step step, Texts texts) {
    return """
    <form method="post" action="%s" data-options="%s" data-other="%s" data--not-allowed-error="%s" data--security-error="%s" hidden>
    <input type="hidden" name="token" value="%s">
    <input type="hidden" name="step" value="%s">
    <input type="hidden" name="factor" value="%s">
    <input type="hidden" name="passkey" value="">
    <p class="note" role="alert" hidden></p>
    <button class="other">%s</button>
    </form>
    """
        .formatted(
            Pages.escaped(FlowEndpoint.path(flow)),
            Pages.escaped(optionsPath(flow)),
            Pages.escaped(texts.get("passkey.other")),
            Pages.escaped(texts.get("passkey.cancelled")),
            Pages.escaped(texts.get("passkey.domain")),
            formToken,
            step.name(),
            Factor.PASSKEY.value(),
            Pages.escaped(texts.get("passkey.button")));
  }

  /// What the script tells keepers of passkeys: for each function of the browser what it takes.
  static String signals(Map<String, ?> details) {
    return details.isEmpty()
        ? ""
        : "<div hidden data-signals=\"%s\"></div>\n"
            .formatted(
                Pages.escaped(
                    new String(
                        Json.bytes(json -> Json.write(json, details)), StandardCharsets.UTF_8)));
  }
}
