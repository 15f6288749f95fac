package dev.varve.identity.client;

import dev.varve.net.outgoing.Reach;
import dev.varve.settings.Setting;
import java.util.List;

/// Clients that nobody has declared and that say themselves what they are; `selfDescribed` of `oauth`.
public record SelfDescribedSettings(
    @Setting(
            standard = "false",
            says =
                "Whether the URL of a document that describes it is good as the client_id of an application (client id metadata documents). oauth.mcp turns it on.")
        boolean documents,
    @Setting(
            max = 100,
            says =
                "The origins whose documents are taken, such as https://app.example.com, wherever they are; also http to this machine, for whoever writes an application. Without any, every one on the internet.")
        List<String> documentOrigins,
    @Setting(
            standard = "OFF",
            says =
                "Whether applications may register themselves (RFC 7591): OFF; TOKEN, with the token in the variable VARVE_OAUTH_REGISTRATION_TOKEN; OPEN, whoever asks.")
        RegistrationPolicy registration,
    @Setting(
            max = 100,
            says =
                "What such applications may ask for. Without any, openid, profile, email, offline_access and every scope that a rule of the schema names, but not api.")
        List<String> scopes) {
  public static final SelfDescribedSettings NONE =
      new SelfDescribedSettings(false, List.of(), RegistrationPolicy.OFF, List.of());

  public SelfDescribedSettings {
    documentOrigins = List.copyOf(documentOrigins);
    scopes = List.copyOf(scopes);
    Origins.require("documentOrigins", documentOrigins);
  }

  /// Who is asked for what such clients say of themselves.
  Reach reach() {
    return Origins.reach(documentOrigins);
  }
}
