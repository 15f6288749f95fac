package dev.varve.node;

import dev.varve.lane.access.Caller;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Request;
import java.util.Optional;
import java.util.function.Supplier;

/// Asks the accounts of the schema that is served at the moment who sends a request.
record Callers(Supplier<Serving> serving) implements Authentication {
  @Override
  public Caller caller(String authorization) {
    return authentication().caller(authorization);
  }

  private Authentication authentication() {
    return serving.get().accounts().authentication();
  }

  @Override
  public Caller caller(String authorization, Request request) {
    return authentication().caller(authorization, request);
  }

  @Override
  public boolean isOwn(String authorization) {
    return authentication().isOwn(authorization);
  }

  @Override
  public Optional<String> metadata(Request request) {
    return serving.get().oauth().metadata(request);
  }

  @Override
  public Caller callerNow(String authorization, Request request) {
    return authentication().callerNow(authorization, request);
  }
}
