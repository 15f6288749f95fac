package dev.varve.net.http;

import org.jspecify.annotations.Nullable;

/// A request that comes from nobody's connection, such as a part of another: it never has a body, and asking for one is a
/// mistake.
public interface RequestWithoutBody extends Request {
  @Override
  default boolean hasBody() {
    return false;
  }

  @Override
  default byte[] body(String... accepted) {
    throw noBody();
  }

  @Override
  default Inlet inlet() {
    throw noBody();
  }

  @Override
  default @Nullable Object json() {
    throw noBody();
  }

  @Override
  default QueryString form() {
    throw noBody();
  }

  private static IllegalStateException noBody() {
    return new IllegalStateException("This request has no body");
  }
}
