package dev.varve.net.cors;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.proxy.Sender;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.ServerResponseHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What browsers may do for pages of other origins: the CORS protocol of the Fetch standard (section 3.3), and the same
/// list for WebSockets and streams, which that protocol does not guard or which cost something while they are open.
public final class Cors {
  private static final HeaderName REQUEST_METHOD =
      HeaderNames.create("Access-Control-Request-Method");
  private static final HeaderName ALLOW_ORIGIN = HeaderNames.create("Access-Control-Allow-Origin");
  private static final Header ALLOW_EVERY = HeaderValues.createCached(ALLOW_ORIGIN, "*");
  private static final Header ALLOW_CREDENTIALS =
      HeaderValues.createCached("Access-Control-Allow-Credentials", "true");
  private static final Header VARY_ORIGIN = HeaderValues.createCached(HeaderNames.VARY, "Origin");

  private final AllowedOrigins allowed;
  private final boolean credentials;
  private final @Nullable Header exposed;
  private final Answer preflight;

  public Cors(CorsSettings settings) {
    this.allowed = AllowedOrigins.of(settings.origins());
    this.credentials = settings.credentials();
    this.exposed =
        settings.exposedHeaders().isEmpty()
            ? null
            : HeaderValues.createCached(
                "Access-Control-Expose-Headers", listed(settings.exposedHeaders()));
    this.preflight =
        Answer.noContent()
            .with("Access-Control-Allow-Methods", listed(settings.methods()))
            .with("Access-Control-Allow-Headers", listed(settings.headers()))
            .with("Access-Control-Max-Age", Long.toString(settings.maxAge().toSeconds()));
  }

  private static String listed(List<String> tokens) {
    return String.join(", ", tokens);
  }

  /// The answer to a browser that asks what a page may do before it does it. It costs nothing: no turn, no credentials, no
  /// body.
  public Optional<Answer> preflight(Method method, ServerRequestHeaders headers) {
    if (allowed.isEmpty()
        || !method.equals(Method.OPTIONS)
        || !headers.contains(REQUEST_METHOD)
        || !headers.contains(HeaderNames.ORIGIN)) {
      return Optional.empty();
    }
    return Optional.of(
        allowed.contains(headers.get(HeaderNames.ORIGIN).get()) ? preflight : Answer.noContent());
  }

  /// Adds what an answer says to browsers, whatever the answer is.
  public void addTo(ServerResponseHeaders answer, Headers request) {
    if (allowed.isEmpty()) {
      return;
    }
    if (!allowed.every()) {
      // also when no page asks: what is kept of this answer must not be given to one
      vary(answer);
    }
    if (!request.contains(HeaderNames.ORIGIN)) {
      return;
    }
    String origin = request.get(HeaderNames.ORIGIN).get();
    if (allowed.contains(origin)) {
      answer.set(allowed.every() ? ALLOW_EVERY : HeaderValues.create(ALLOW_ORIGIN, origin));
      if (credentials) {
        answer.set(ALLOW_CREDENTIALS);
      }
      if (exposed != null) {
        answer.set(exposed);
      }
    }
  }

  private static void vary(ServerResponseHeaders answer) {
    if (answer.contains(HeaderNames.VARY)) {
      answer.set(
          HeaderValues.create(
              HeaderNames.VARY, answer.get(HeaderNames.VARY).values() + ", Origin"));
    } else {
      answer.set(VARY_ORIGIN);
    }
  }

  /// Refuses a page of another origin what it would hold open.
  ///
  /// @throws Problem with FORBIDDEN
  public void requireAllowed(ServerRequestHeaders headers, Sender sender) {
    if (!headers.contains(HeaderNames.ORIGIN)) {
      return;
    }
    String origin = headers.get(HeaderNames.ORIGIN).get();
    if (!isOwn(origin, sender) && !allowed.contains(origin)) {
      throw new Problem(
          ErrorCode.FORBIDDEN,
          "Pages of another origin may not open streams or WebSockets. Whoever runs this service can name theirs in the setting http.cors.origins");
    }
  }

  private static boolean isOwn(String origin, Sender sender) {
    int host = origin.indexOf("://") + 3;
    return host > 2 && origin.substring(host).equals(sender.authority().toLowerCase(Locale.ROOT));
  }
}
