package dev.varve.identity.passkey;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// For whom passkeys are made; section `auth.passkeys` of `varve.yaml`.
public record PasskeySettings(
    @Setting(
            standard = "",
            says =
                "The domain that passkeys are made for (the relying party id), such as example.com for pages of example.com and all below it. Empty takes the host of auth.origin, or of the server's own address. Whoever changes it makes all passkeys useless.")
        String rpId,
    @Setting(
            standard = "",
            says =
                "What people are told a passkey is for, such as Example Shop. Empty takes the domain.")
        String rpName,
    @Setting(
            max = 20,
            says =
                "The origins of the pages that make and use passkeys, such as https://shop.example.com; android:apk-key-hash:... for an app. Empty takes auth.origin, or the server's own address. Those beyond the domain are told in /.well-known/webauthn, of which browsers take five different names.")
        List<String> origins,
    @Setting(
            standard = "",
            says =
                "The page on which people manage their passkeys, a whole URL: it is told in /.well-known/passkey-endpoints. Empty tells none.")
        String page) {
  public static final PasskeySettings DEFAULT = new PasskeySettings("", "", List.of(), "");

  private static final int NAME_LENGTH_MAX = 64;
  // letters, digits and hyphens between dots; no address of numbers, for which no browser makes a
  // passkey
  private static final Pattern DOMAIN =
      Pattern.compile("(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)*[a-z]([a-z0-9-]*[a-z0-9])?");
  private static final Pattern ORIGIN = Pattern.compile("(https?)://([^/?#@:\\s]+)(:\\d{1,5})?");
  private static final Pattern APP = Pattern.compile("android:apk-key-hash:[A-Za-z0-9_-]{43}");

  public PasskeySettings {
    origins = List.copyOf(origins);
    if (!rpId.isEmpty() && !isDomain(rpId)) {
      throw new WrongSetting(
          "rpId",
          "is '%s', and must be a domain in small letters, such as example.com".formatted(rpId));
    }
    if (rpName.length() > NAME_LENGTH_MAX) {
      throw new WrongSetting(
          "rpName", "must have at most %d characters".formatted(NAME_LENGTH_MAX));
    }
    for (int i = 0; i < origins.size(); i++) {
      if (!isOrigin(origins.get(i))) {
        throw new WrongSetting(
            "origins[%d]".formatted(i),
            "is '%s', and must be https and a host, such as https://shop.example.com, http for localhost alone, or android:apk-key-hash:... of an app"
                .formatted(origins.get(i)));
      }
    }
    if (!page.isEmpty() && !page.matches("https?://[^\\s@]+")) {
      throw new WrongSetting(
          "page",
          "is '%s', and must be a whole URL, such as https://shop.example.com/account"
              .formatted(page));
    }
  }

  static boolean isDomain(String text) {
    return DOMAIN.matcher(text).matches();
  }

  /// Browsers make passkeys on pages that nobody on the way can alter (WebAuthn, section 5.1.3).
  private static boolean isOrigin(String text) {
    Matcher origin = ORIGIN.matcher(text);
    return APP.matcher(text).matches()
        || (origin.matches()
            && (origin.group(1).equals("https") || isLocal(origin.group(2)))
            && text.equals(text.toLowerCase(Locale.ROOT)));
  }

  static boolean isLocal(String host) {
    return host.equals("localhost") || host.endsWith(".localhost");
  }
}
