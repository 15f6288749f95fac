package dev.varve.account;

import dev.varve.http.Routes;
import dev.varve.kernel.Ids;
import dev.varve.sql.Database;
import dev.varve.write.Sequencer;
import java.security.SecureRandom;
import java.time.Clock;

/// Keys for machines: named, with roles, shown once.
public final class ApiKeys {
  private final Database database;
  private final Sequencer sequencer;
  private final Ids ids;
  private final SecureRandom random;
  private final Clock clock;

  public ApiKeys(
      Database database, Sequencer sequencer, Ids ids, SecureRandom random, Clock clock) {
    this.database = database;
    this.sequencer = sequencer;
    this.ids = ids;
    this.random = random;
    this.clock = clock;
  }

  /// Adds `/auth/keys` and `/auth/keys/{id}`.
  public void addTo(Routes.Builder routes) {
    throw new UnsupportedOperationException();
  }
}
