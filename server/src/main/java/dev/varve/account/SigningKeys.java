package dev.varve.account;

import dev.varve.http.Routes;
import dev.varve.sql.Database;
import dev.varve.write.Sequencer;
import java.nio.file.Path;
import java.time.Clock;

/// The keys that sign access tokens.
public final class SigningKeys {
  private SigningKeys() {}

  /// Reads the keys, and makes what is missing.
  ///
  /// @param folder the data folder
  public static SigningKeys open(
      JwtSettings settings,
      Secrets secrets,
      Path folder,
      Database database,
      Sequencer sequencer,
      Clock clock) {
    throw new UnsupportedOperationException();
  }

  /// Adds `/.well-known/jwks.json`.
  public void addTo(Routes.Builder routes) {
    throw new UnsupportedOperationException();
  }
}
