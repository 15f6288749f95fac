package dev.varve.net.cors;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Which pages of other origins may call; section `http.cors` of `varve.yaml`.
public record CorsSettings(
    @Setting(
            says =
                "The origins whose pages may call this server, open streams and WebSockets: exact, such as https://shop.example, or with one level of names left open, such as https://*.shop.example. \"*\" is every page, which must not come with credentials. The server's own pages always may. `varve dev` adds those of this machine.")
        List<String> origins,
    @Setting(
            standard = "GET HEAD POST PUT PATCH DELETE",
            says = "The methods that such pages may use.")
        List<String> methods,
    @Setting(
            standard =
                "Authorization Content-Type DPoP If-Match If-None-Match Idempotency-Key Last-Event-ID Varve-Position Varve-Cost X-Request-Id traceparent tracestate",
            says = "The headers that such pages may send, beside those that every page may.")
        List<String> headers,
    @Setting(
            standard =
                "ETag Location Varve-Position Varve-Cost Link RateLimit RateLimit-Policy Retry-After X-Request-Id DPoP-Nonce WWW-Authenticate",
            says = "The headers of answers that such pages may read.")
        List<String> exposedHeaders,
    @Setting(
            standard = "false",
            says =
                "Whether browsers send cookies and client certificates with such calls. Varve's own credentials travel in Authorization and need no such thing.")
        boolean credentials,
    @Setting(
            standard = "1h",
            max = 86_400,
            says =
                "How long a browser may remember what such pages may do, instead of asking before each call; Chromium takes at most 2h.")
        Duration maxAge) {
  public static final CorsSettings DEFAULT =
      new CorsSettings(
          List.of(),
          List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
          List.of(
              "Authorization",
              "Content-Type",
              "DPoP",
              "If-Match",
              "If-None-Match",
              "Idempotency-Key",
              "Last-Event-ID",
              "Varve-Position",
              "Varve-Cost",
              "X-Request-Id",
              "traceparent",
              "tracestate"),
          List.of(
              "ETag",
              "Location",
              "Varve-Position",
              "Varve-Cost",
              "Link",
              "RateLimit",
              "RateLimit-Policy",
              "Retry-After",
              "X-Request-Id",
              "DPoP-Nonce",
              "WWW-Authenticate"),
          false,
          Duration.ofHours(1));

  private static final List<String> OF_THIS_MACHINE =
      List.of(
          "http://localhost:*",
          "https://localhost:*",
          "http://127.0.0.1:*",
          "https://127.0.0.1:*",
          "http://[::1]:*",
          "https://[::1]:*");

  public CorsSettings {
    origins = List.copyOf(origins);
    methods = tokens("methods", methods);
    headers = tokens("headers", headers);
    exposedHeaders = tokens("exposedHeaders", exposedHeaders);
    if (credentials && origins.contains(AllowedOrigins.EVERY)) {
      throw new WrongSetting(
          "origins[%d]".formatted(origins.indexOf(AllowedOrigins.EVERY)),
          "cannot be '*' while credentials is true: every page in the world could act for whoever is signed in. Name the origins, or set credentials to false");
    }
    AllowedOrigins.of(origins);
  }

  /// @throws WrongSetting when one is no token of HTTP (RFC 9110, section 5.6.2)
  private static List<String> tokens(String component, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      if (!texts.get(i).matches("[!#$%&'+.^_`|~0-9A-Za-z-]+")) {
        throw new WrongSetting(
            "%s[%d]".formatted(component, i),
            "is '%s': name each as HTTP writes it, without wildcards".formatted(texts.get(i)));
      }
    }
    return List.copyOf(texts);
  }

  /// The same for other origins.
  public CorsSettings allowing(List<String> others) {
    return new CorsSettings(others, methods, headers, exposedHeaders, credentials, maxAge);
  }

  /// The same, with pages of this machine, from whatever port their tools serve them.
  public CorsSettings forDevelopment() {
    return origins.contains(AllowedOrigins.EVERY)
        ? this
        : allowing(Stream.concat(origins.stream(), OF_THIS_MACHINE.stream()).distinct().toList());
  }
}
