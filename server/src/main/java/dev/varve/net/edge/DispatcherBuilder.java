package dev.varve.net.edge;

import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRoute;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.HttpService;
import java.util.function.Supplier;

/// Helidon takes its routing from a builder, and adds an empty one of its own unless the builder is of this type.
/// Nothing can be added to a [Dispatcher] this way.
record DispatcherBuilder(Dispatcher dispatcher) implements HttpRouting.Builder {
  @Override
  public HttpRouting build() {
    return dispatcher;
  }

  @Override
  public HttpRouting.Builder copy() {
    return this;
  }

  @Override
  public HttpRouting.Builder register(HttpService... service) {
    throw closed();
  }

  @Override
  public HttpRouting.Builder register(String path, HttpService... service) {
    throw closed();
  }

  @Override
  public HttpRouting.Builder route(HttpRoute route) {
    throw closed();
  }

  @Override
  public HttpRouting.Builder addFilter(Filter filter) {
    throw closed();
  }

  @Override
  public HttpRouting.Builder addFeature(Supplier<? extends HttpFeature> feature) {
    throw closed();
  }

  @Override
  public <T extends Throwable> HttpRouting.Builder error(
      Class<T> exceptionClass, ErrorHandler<? super T> handler) {
    throw closed();
  }

  @Override
  public HttpRouting.Builder maxReRouteCount(int maxReRouteCount) {
    throw closed();
  }

  @Override
  public HttpRouting.Builder security(HttpSecurity security) {
    throw closed();
  }

  private static UnsupportedOperationException closed() {
    return new UnsupportedOperationException("Add it to the routes of a face");
  }
}
