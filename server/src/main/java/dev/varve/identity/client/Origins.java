package dev.varve.identity.client;

import dev.varve.net.outgoing.Reach;
import dev.varve.settings.WrongSetting;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/// Origins in the settings, such as `https://app.example.com`, which are asked wherever they are.
final class Origins {
  private Origins() {}

  /// @param component that lists them
  /// @throws WrongSetting naming one that is none
  static void require(String component, List<String> origins) {
    for (int i = 0; i < origins.size(); i++) {
      require("%s[%d]".formatted(component, i), origins.get(i));
    }
  }

  /// @throws WrongSetting naming the component when it is none
  static void require(String component, String origin) {
    if (!isOne(origin)) {
      throw new WrongSetting(
          component,
          "is '%s', and must be a scheme and a host, such as https://app.example.com"
              .formatted(origin));
    }
  }

  private static boolean isOne(String text) {
    try {
      URI uri = new URI(text);
      return uri.getHost() != null
          && text.equals(uri.getScheme() + "://" + uri.getRawAuthority())
          && uri.getRawUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /// The internet, and those.
  static Reach reach(List<String> origins) {
    return Reach.naming(origins.stream().map(URI::create).toArray(URI[]::new));
  }
}
