package dev.varve.net.http;

import dev.varve.kernel.Problem;
import java.util.Optional;

/// Answers one kind of request. A refusal is thrown as a [dev.varve.kernel.Problem]; anything else that is
/// thrown is a bug and becomes a 500 that tells the caller nothing but the request id.
@FunctionalInterface
public interface Handler {
  Answer handle(Request request);

  /// How it says what was refused before it was asked, such as a request too many, where that differs from how everybody does.
  ///
  /// @param asked what was refused
  default Optional<Answer> refusal(Problem problem, HeaderSection asked) {
    return Optional.empty();
  }
}
