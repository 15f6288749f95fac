package dev.varve.identity.provider;

import dev.varve.identity.token.Seal;
import dev.varve.settings.WrongSetting;
import java.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The providers that people sign in with here, by name.
public final class IdentityProviders {
  public static final IdentityProviders NONE = new IdentityProviders(Map.of());

  private final Map<String, IdentityProvider> byName;

  private IdentityProviders(Map<String, IdentityProvider> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  /// Those that sign somebody in; one that is not enabled is none.
  ///
  /// @param environment where secrets are
  /// @param seal for tokens that are kept
  /// @throws WrongSetting when a secret is missing
  public static IdentityProviders of(
      Map<String, ProviderSettings> settings,
      Map<String, String> environment,
      Clock clock,
      Supplier<Seal> seal) {
    KeptTokens kept = new KeptTokens(seal);
    Map<String, IdentityProvider> byName = new LinkedHashMap<>();
    new TreeMap<>(settings)
        .forEach((name, each) -> {
          if (each.enabled()) {
            byName.put(name, IdentityProvider.of(each, environment, clock, kept));
          }
        });
    return new IdentityProviders(byName);
  }

  public boolean isEmpty() {
    return byName.isEmpty();
  }

  public Optional<IdentityProvider> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// In the order of their names.
  public Collection<IdentityProvider> all() {
    return byName.values();
  }
}
