package dev.varve.net.outgoing;

import dev.varve.kernel.Lazy;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webclient.http1.Http1ClientRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/// Asks other servers, and waits for no more than it must: a whole reply within a time and a size, over a connection of its own, from
/// exactly the address that [Reach] has looked at. A redirect is a reply like any other: nobody is led elsewhere by it.
public final class OutgoingCalls {
  // each holds a connection and a thread of a caller
  private static final int AT_A_TIME_MAX = 64;

  private final Lazy<Http1Client> client;
  private final Duration time;
  private final int bytesMax;
  private final Semaphore places = new Semaphore(AT_A_TIME_MAX);

  /// @param time for one call as a whole, its name and its connection included
  /// @param bytesMax of the body of a reply
  public OutgoingCalls(Duration time, int bytesMax) {
    this(time, bytesMax, () -> Tls.builder().build());
  }

  /// @param trusted whose certificates are believed; names are held against them in any case
  OutgoingCalls(Duration time, int bytesMax, SSLContext trusted) {
    this(time, bytesMax, () -> Tls.builder().sslContext(trusted).build());
  }

  private OutgoingCalls(Duration time, int bytesMax, Supplier<Tls> tls) {
    this.time = time;
    this.bytesMax = bytesMax;
    this.client =
        new Lazy<>(() ->
            Http1Client.builder()
                .followRedirects(false)
                .keepAlive(false)
                .shareConnectionCache(false)
                .proxy(Proxy.noProxy())
                .servicesDiscoverServices(false)
                .sendExpectContinue(false)
                .tls(tls.get())
                .connectTimeout(time)
                .readTimeout(time)
                .build());
  }

  /// What is asked.
  ///
  /// @param body empty for none
  public record Call(String method, URI url, Map<String, String> headers, String body) {
    public Call {
      headers = Map.copyOf(headers);
    }

    public static Call get(URI url, String accept) {
      return new Call("GET", url, Map.of("Accept", accept), "");
    }

    /// Not what it carries: secrets do not end up in logs.
    @Override
    public String toString() {
      return "%s %s".formatted(method, url.getHost());
    }
  }

  /// What came back.
  ///
  /// @param headers by their names in small letters
  public record Reply(int status, Map<String, String> headers, String body) {
    public Reply {
      headers = Map.copyOf(headers);
    }

    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /// Not its body, in which tokens are.
    @Override
    public String toString() {
      return "%d (%d characters)".formatted(status, body.length());
    }
  }

  /// Asks, and gives the whole reply, whatever its status.
  ///
  /// @throws CallFailed when nobody may ask there, or no whole reply came
  public Reply send(Reach reach, Call call) throws CallFailed {
    reach.require(call.url());
    if (!places.tryAcquire()) {
      throw new CallFailed("too many other servers are being asked: try again in a moment");
    }
    // gives its place back when it has really ended, however long nobody has waited for it
    FutureTask<Reply> asking =
        new FutureTask<>(() -> {
          try {
            return exchange(reach, call);
          } finally {
            places.release();
          }
        });
    // an interrupt closes the socket that a virtual thread waits for
    Thread thread = Thread.ofVirtual().name("outgoing-call").start(asking);
    try {
      return asking.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new CallFailed(
          "%s has not answered within %,d ms".formatted(call.url().getHost(), time.toMillis()), e);
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new CallFailed("%s was not waited for".formatted(call.url().getHost()), e);
    } catch (ExecutionException e) {
      throw failure(call, Objects.requireNonNullElse(e.getCause(), e));
    }
  }

  private static CallFailed failure(Call call, Throwable cause) {
    if (cause instanceof CallFailed failed) {
      return failed;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new CallFailed(
        "%s could not be asked: %s".formatted(call.url().getHost(), cause.getMessage()), cause);
  }

  private Reply exchange(Reach reach, Call call) throws CallFailed, IOException {
    InetSocketAddress destination = reach.destination(call.url());
    Http1ClientRequest request =
        client.get().method(Method.create(call.method())).uri(call.url()).address(destination);
    call.headers().forEach((name, value) -> request.header(HeaderNames.create(name), value));
    try (HttpClientResponse response =
        call.body().isEmpty()
            ? request.request()
            : request.submit(call.body().getBytes(StandardCharsets.UTF_8))) {
      Map<String, String> headers = new TreeMap<>();
      response
          .headers()
          .forEach(header -> headers.put(header.name().toLowerCase(Locale.ROOT), header.get()));
      return new Reply(response.status().code(), headers, body(call, response));
    }
  }

  private String body(Call call, HttpClientResponse response) throws CallFailed, IOException {
    if (!response.entity().hasEntity()) {
      return "";
    }
    try (InputStream in = response.inputStream()) {
      byte[] bytes = in.readNBytes(bytesMax + 1);
      if (bytes.length > bytesMax) {
        throw new CallFailed(
            "%s has answered with more than %,d bytes".formatted(call.url().getHost(), bytesMax));
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
