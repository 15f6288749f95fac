package dev.varve.node;

import dev.varve.net.certificate.Certificates;
import dev.varve.net.http.Health;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What is looked at when somebody asks whether the server is well.
final class Checks {
  private Checks() {}

  /// @param serving what is served when it is asked
  static List<Health.Check> of(Supplier<Serving> serving, Optional<Certificates> certificates) {
    Health.Check log = Health.Check.vital("log", () -> logFailure(serving.get().engine()));
    return certificates
        .map(known -> List.of(log, Health.Check.warning("certificate", known::trouble)))
        .orElse(List.of(log));
  }

  private static Optional<String> logFailure(Engine engine) {
    try {
      engine.log().head();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of("the log cannot be read");
    }
  }
}
