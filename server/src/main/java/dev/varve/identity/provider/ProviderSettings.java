package dev.varve.identity.provider;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;

/// One provider that people sign in with; what stands under its name in `auth.providers`.
///
/// @param name as it stands in its paths
public record ProviderSettings(
    String name,
    @Setting(
            standard = "OPENID",
            says =
                "What is known of it: GOOGLE, GITHUB, MICROSOFT, APPLE, GITLAB or DISCORD, or OPENID for any OpenID provider by its issuer.")
        Preset preset,
    @Setting(
            says =
                "Its issuer, a URL, from which the rest is found out. A preset has one; another is a server of your own, or one organisation at Microsoft.")
        String issuer,
    @Setting(required = true, says = "The id that it has given this server (client_id).")
        String clientId,
    @Setting(
            says =
                "The variable of the environment that holds the secret that it has given this server; of Apple the private key, a PEM text. Without one it must take public clients.")
        String secret,
    @Setting(says = "What people are told it is called. A preset has a title.") String title,
    @Setting(
            max = 50,
            says =
                "What it is asked for. Empty asks for who it is, the e-mail address and the name.")
        List<String> scopes,
    @Setting(
            standard = "false",
            says =
                "Whether every e-mail address that it tells counts as verified. Only for a provider where nobody chooses their own, such as your own directory.")
        boolean trustsEmail,
    @Setting(standard = "true", says = "Whether it signs anybody in. Links to it are kept.")
        boolean enabled,
    @Setting(says = "Of Apple: the id of the team.") String team,
    @Setting(says = "Of Apple: the id of the private key.") String keyId,
    @Setting(
            standard = "false",
            says =
                "Whether the tokens that it gives are kept, sealed, for whoever signed in with it: GET /auth/links/{id}/token. Name what they are to be good for in scopes.")
        boolean keepTokens) {
  private static final int TITLE_LENGTH_MAX = 100;
  private static final int ISSUER_LENGTH_MAX = 500;
  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "[::1]", "localhost");
  private static final Set<String> OF_EVERY_ORGANISATION =
      Set.of("common", "organizations", "consumers");

  public ProviderSettings {
    scopes = List.copyOf(scopes);
    if (issuer.isEmpty() && preset == Preset.OPENID) {
      throw new WrongSetting(
          "issuer", "is missing, and without a preset nothing else says where it is. Name it");
    }
    if (!issuer.isEmpty()) {
      requireIssuer(issuer);
    }
    if (title.isEmpty() && preset == Preset.OPENID) {
      throw new WrongSetting("title", "is missing. Say what people are told it is called");
    }
    if (title.length() > TITLE_LENGTH_MAX) {
      throw new WrongSetting(
          "title", "must have at most %d characters".formatted(TITLE_LENGTH_MAX));
    }
    if (clientId.isBlank()) {
      throw new WrongSetting("clientId", "is empty. Register this server there, and copy its id");
    }
    if (secret.startsWith("VARVE_")) {
      throw new WrongSetting(
          "secret",
          "is '%s', and variables that begin with VARVE_ are settings. Take another"
              .formatted(secret));
    }
    if (secret.isEmpty() && preset != Preset.OPENID) {
      throw new WrongSetting(
          "secret", "is missing. Name the variable of the environment that holds it");
    }
    if (preset == Preset.APPLE && (team.isEmpty() || keyId.isEmpty())) {
      throw new WrongSetting(
          team.isEmpty() ? "team" : "keyId", "is missing, and Apple wants it. Look it up there");
    }
    if (trustsEmail && takesEverybody(preset, issuer)) {
      throw new WrongSetting(
          "trustsEmail",
          "is true, and there anybody can have any address, which would open the accounts of others. Leave it out, or set the issuer of your own organisation");
    }
  }

  private static void requireIssuer(String issuer) {
    try {
      URI uri = new URI(issuer);
      boolean secure =
          "https".equals(uri.getScheme())
              || ("http".equals(uri.getScheme())
                  && THIS_MACHINE.contains(String.valueOf(uri.getHost())));
      if (!secure
          || uri.getHost() == null
          || uri.getRawUserInfo() != null
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null
          || issuer.length() > ISSUER_LENGTH_MAX) {
        throw new WrongSetting("issuer", wrongIssuer(issuer));
      }
    } catch (URISyntaxException e) {
      throw new WrongSetting("issuer", wrongIssuer(issuer));
    }
  }

  private static String wrongIssuer(String issuer) {
    return "is '%s'. Write it as the provider does, a URL with https and without query, such as https://login.example.com/realms/staff"
        .formatted(issuer);
  }

  /// Whether whoever wants can have an account there.
  private static boolean takesEverybody(Preset preset, String issuer) {
    return switch (preset) {
      case OPENID -> false;
      case MICROSOFT ->
          issuer.isEmpty()
              || OF_EVERY_ORGANISATION.stream().anyMatch(any -> issuer.contains("/" + any + "/"));
      case GITHUB, GITLAB -> issuer.isEmpty();
      case GOOGLE, APPLE, DISCORD -> true;
    };
  }

  /// Whether a trip there can prove that somebody is there right now.
  public boolean asksAgain() {
    return preset.asksAgain();
  }

  URI base() {
    return URI.create(issuer.isEmpty() ? preset.issuer() : issuer);
  }

  String shownTitle() {
    return title.isEmpty() ? preset.title() : title;
  }

  List<String> askedScopes() {
    return scopes.isEmpty() ? preset.scopes() : scopes;
  }
}
