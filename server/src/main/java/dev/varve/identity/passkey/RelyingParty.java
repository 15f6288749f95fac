package dev.varve.identity.passkey;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// For whom passkeys are made, and from which pages their answers may come (WebAuthn, section 4).
///
/// @param id a domain
/// @param name what people are told
/// @param origins of pages and apps
public record RelyingParty(String id, String name, Set<String> origins) {
  private static final String LOCAL = "localhost";

  public RelyingParty {
    origins = Set.copyOf(new LinkedHashSet<>(origins));
  }

  /// The one of the settings; nothing where neither they nor the address names a domain.
  ///
  /// @param address under which the server is reached: a scheme, a host and maybe a port
  public static Optional<RelyingParty> of(PasskeySettings settings, String address) {
    String own = named(address.toLowerCase(Locale.ROOT));
    String id = settings.rpId().isEmpty() ? host(own) : settings.rpId();
    if (!PasskeySettings.isDomain(id)) {
      return Optional.empty();
    }
    return Optional.of(
        new RelyingParty(
            id,
            settings.rpName().isEmpty() ? id : settings.rpName(),
            settings.origins().isEmpty() ? Set.of(own) : new LinkedHashSet<>(settings.origins())));
  }

  /// This machine has a name, which browsers take, and numbers, which they do not.
  private static String named(String address) {
    String host = host(address);
    return host.equals("127.0.0.1") || host.equals("[::1]")
        ? address.replace(host, LOCAL)
        : address;
  }

  private static String host(String origin) {
    try {
      return Optional.ofNullable(URI.create(origin).getHost()).orElse("");
    } catch (IllegalArgumentException _) {
      return ""; // an address that is none names no domain
    }
  }

  /// The origins of pages beyond the domain, which it has to vouch for (section 5.11).
  public List<String> related() {
    return origins.stream()
        .filter(origin -> origin.startsWith("https://"))
        .filter(this::isBeyond)
        .sorted()
        .toList();
  }

  private boolean isBeyond(String origin) {
    String host = host(origin);
    return !host.equals(id) && !host.endsWith("." + id);
  }
}
