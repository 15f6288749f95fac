package dev.varve.node;

import dev.varve.identity.account.Administration;
import dev.varve.kernel.Problem;
import dev.varve.schema.Schema;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An administrator for whoever is writing the application.
///
/// @param password in the clear: it is kept nowhere
public record FirstAdministrator(String email, String password) {
  private static final Logger LOG = LoggerFactory.getLogger(FirstAdministrator.class);
  private static final String EMAIL = "admin@example.com";

  /// Makes one when there is none, for a schema that says what an account is: one that does not has no use for accounts
  /// yet. Nothing when none can be made without knowing more.
  static Optional<FirstAdministrator> ensure(Schema schema, Administration administration) {
    if (schema.account().builtIn() || administration.hasAdministrator()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new FirstAdministrator(EMAIL, administration.createAdministrator(EMAIL)));
    } catch (Problem problem) {
      LOG.info(
          "There is no administrator; varve user create makes one with what the schema wants: {}",
          problem.details().isEmpty() ? problem.text() : problem.details());
      return Optional.empty();
    }
  }
}
