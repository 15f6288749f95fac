package dev.varve.identity.account;

import dev.varve.identity.passkey.Passkeys;
import dev.varve.identity.provider.ProviderSettings;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.Optional;

/// In what ways an account signs in by itself: with its password, with a passkey that makes sure who uses it, with a provider. The last
/// one is never taken from it.
public final class WaysIn {
  private WaysIn() {}

  /// Whether there is one beside a passkey or a link.
  ///
  /// @param id of that passkey, or of that link
  public static boolean isAnother(Session rows, String account, String id, AuthSettings settings)
      throws SQLException {
    return Credentials.hash(rows, account).isPresent()
        || Passkeys.of(rows, account).stream()
            .anyMatch(passkey -> passkey.verifies() && !passkey.id().equals(id))
        || Links.of(rows, account).stream()
            .anyMatch(link -> !link.id().equals(id) && signsIn(link, settings));
  }

  /// A provider that signs nobody in is no way in.
  private static boolean signsIn(Links.Link link, AuthSettings settings) {
    return Optional.ofNullable(settings.providers().get(link.provider()))
        .filter(ProviderSettings::enabled)
        .isPresent();
  }
}
