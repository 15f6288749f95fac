package dev.varve.store.state;

import dev.varve.kernel.Rfc3339;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// A schema file that was applied to the data before, and others after it.
///
/// @param version of the file
/// @param at when it was applied last
/// @param newest the version that the data have
/// @param newestAt since when
public record BehindFile(int version, Instant at, int newest, Instant newestAt) {
  /// Whether a file is one of those, as the versions that were applied say.
  ///
  /// @param applied oldest first
  /// @param source of the file
  static Optional<BehindFile> of(List<SchemaVersions.Applied> applied, String source) {
    if (applied.isEmpty() || applied.getLast().source().equals(source)) {
      return Optional.empty();
    }
    SchemaVersions.Applied newest = applied.getLast();
    return applied.reversed().stream()
        .filter(one -> one.source().equals(source))
        .findFirst()
        .map(one -> new BehindFile(one.version(), one.at(), newest.version(), newest.at()));
  }

  /// What is so.
  public String sentence() {
    return "The schema file is version %d, applied at %s, and the data have version %d since %s."
        .formatted(version, seconds(at), newest, seconds(newestAt));
  }

  /// How it comes that both are the same again.
  public String wayOut() {
    return "Deploy the schema file of version %d. To go back to that of version %d on purpose: varve apply APP --earlier"
        .formatted(newest, version);
  }

  private static String seconds(Instant at) {
    return Rfc3339.text(at.truncatedTo(ChronoUnit.SECONDS));
  }
}
