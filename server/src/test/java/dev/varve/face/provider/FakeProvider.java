package dev.varve.face.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.varve.identity.token.RsaKeyPairs;
import dev.varve.kernel.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/// A provider of OpenID Connect on this machine, which holds its clients to the protocol: it wants PKCE, gives a code once, to the
/// address that asked, and tokens to whoever has the secret. Tests say who signs in there, and what it does wrong.
public class FakeProvider implements AutoCloseable {
  public static final String CLIENT = "varve-at-the-provider";
  public static final String SECRET = "secret-of-varve-at-the-provider";
  private static final RSAKey KEY = rsaKey("key-1");
  private static final HttpClient BROWSER =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final HttpServer server;
  final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Grant> grants = new ConcurrentHashMap<>();
  private final Map<String, Grant> accessTokens = new ConcurrentHashMap<>();

  volatile RSAKey key = KEY;
  volatile List<RSAKey> published = List.of(KEY);
  // who signs in next
  public volatile Map<String, Object> person = Map.of();
  volatile UnaryOperator<Map<String, Object>> metadata = UnaryOperator.identity();
  volatile UnaryOperator<Map<String, Object>> claims = UnaryOperator.identity();
  volatile UnaryOperator<Map<String, String>> back = UnaryOperator.identity();
  volatile Signing signing = this::signed;
  // how long ago whoever signs in has proven who they are, where it tells without being asked
  volatile Optional<Duration> knownFor = Optional.empty();
  // whether it asks who it is when it is told to, and says so
  volatile boolean asksAgain = asksAgain();
  volatile Clock clock = Clock.systemUTC();
  // whether it gives what gets the next tokens, and for how long the first are good
  volatile boolean renews;
  volatile long expiresInSeconds = 3_600;
  // what gets the next tokens, each once
  private final Map<String, Grant> refreshTokens = new ConcurrentHashMap<>();
  // instead of what it would answer
  volatile Map<String, Handler> instead = Map.of();

  /// Makes an ID token of claims.
  @FunctionalInterface
  interface Signing {
    String of(Map<String, Object> claims) throws Exception;
  }

  @FunctionalInterface
  interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  /// What a code stands for.
  record Grant(Map<String, String> request, Map<String, Object> person) {}

  @SuppressWarnings("this-escape") // nobody asks it for anything before it is made
  public FakeProvider() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    routes();
    server.start();
  }

  /// As it was when it started.
  void reset() {
    key = KEY;
    published = List.of(KEY);
    metadata = UnaryOperator.identity();
    claims = UnaryOperator.identity();
    back = UnaryOperator.identity();
    signing = this::signed;
    instead = Map.of();
    knownFor = Optional.empty();
    asksAgain = asksAgain();
    renews = false;
    expiresInSeconds = 3_600;
  }

  /// As it is known to do.
  boolean asksAgain() {
    return true;
  }

  void routes() {
    on(
        "/.well-known/openid-configuration",
        exchange -> json(exchange, 200, metadata.apply(about())));
    on("/authorize", this::authorize);
    on("/token", this::token);
    on(
        "/keys",
        exchange ->
            text(
                exchange,
                200,
                "application/json",
                new JWKSet(List.copyOf(published)).toPublicJWKSet().toString()));
    on("/userinfo", this::userInfo);
  }

  final void on(String path, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
          try (exchange) {
            instead.getOrDefault(path, handler).handle(exchange);
          } catch (RuntimeException e) {
            text(exchange, 500, "text/plain", String.valueOf(e));
          }
        });
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  String issuer() {
    return url();
  }

  Map<String, Object> about() {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("issuer", issuer());
    about.put("authorization_endpoint", url() + "/authorize");
    about.put("token_endpoint", url() + "/token");
    about.put("jwks_uri", url() + "/keys");
    about.put("userinfo_endpoint", url() + "/userinfo");
    about.put("response_types_supported", List.of("code"));
    about.put("subject_types_supported", List.of("public"));
    about.put("id_token_signing_alg_values_supported", List.of("RS256"));
    about.put("code_challenge_methods_supported", List.of("S256"));
    return about;
  }

  /// Somebody comes with a request for authorization, and agrees at once.
  void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> request = form(exchange.getRequestURI().getRawQuery());
    if (!CLIENT.equals(request.get("client_id"))
        || !"code".equals(request.get("response_type"))
        || !"S256".equals(request.get("code_challenge_method"))
        || request.getOrDefault("state", "").length() < 40) {
      text(exchange, 400, "text/plain", "not a request: " + request);
      return;
    }
    String code = UUID.randomUUID().toString();
    grants.put(code, new Grant(request, person));
    Map<String, String> answer = new LinkedHashMap<>();
    answer.put("code", code);
    answer.put("state", Objects.requireNonNull(request.get("state")));
    sendBack(exchange, request, back.apply(answer));
  }

  void sendBack(HttpExchange exchange, Map<String, String> request, Map<String, String> answer)
      throws IOException {
    exchange.getResponseHeaders().add("Location", request.get("redirect_uri") + "?" + form(answer));
    exchange.sendResponseHeaders(302, -1);
  }

  void token(HttpExchange exchange) throws IOException {
    Map<String, String> request = body(exchange);
    String refusal = refusal(exchange, request);
    if (!refusal.isEmpty()) {
      refuse(exchange, refusal);
      return;
    }
    if ("refresh_token".equals(request.get("grant_type"))) {
      renew(exchange, refreshTokens.remove(request.getOrDefault("refresh_token", "")));
      return;
    }
    Grant grant = grants.remove(request.getOrDefault("code", ""));
    if (grant == null
        || !Objects.equals(grant.request().get("redirect_uri"), request.get("redirect_uri"))
        || !Objects.equals(
            grant.request().get("code_challenge"),
            challenge(request.getOrDefault("code_verifier", "")))) {
      refuse(exchange, "invalid_grant");
      return;
    }
    json(exchange, 200, renewable(grant));
  }

  private void renew(HttpExchange exchange, @org.jspecify.annotations.Nullable Grant grant)
      throws IOException {
    if (grant == null) {
      refuse(exchange, "invalid_grant");
      return;
    }
    Map<String, Object> tokens = renewable(grant);
    tokens.remove("id_token");
    json(exchange, 200, tokens);
  }

  private Map<String, Object> renewable(Grant grant) {
    String access = UUID.randomUUID().toString();
    accessTokens.put(access, grant);
    Map<String, Object> tokens = tokens(grant, access);
    if (renews) {
      String refresh = UUID.randomUUID().toString();
      refreshTokens.put(refresh, grant);
      tokens.put("refresh_token", refresh);
    }
    return tokens;
  }

  /// Whose token it is, if it is one of this provider.
  Optional<Object> subjectOf(String access) {
    return Optional.ofNullable(accessTokens.get(access)).map(grant -> grant.person().get("sub"));
  }

  /// Takes back everything that gets next tokens.
  void forgetRenewals() {
    refreshTokens.clear();
  }

  /// Why a client gets nothing; empty when it is the one that is registered.
  String refusal(HttpExchange exchange, Map<String, String> request) {
    String basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
    return basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))
            || (CLIENT.equals(request.get("client_id"))
                && SECRET.equals(request.get("client_secret")))
        ? ""
        : "invalid_client";
  }

  void refuse(HttpExchange exchange, String error) throws IOException {
    json(exchange, error.equals("invalid_client") ? 401 : 400, Map.of("error", error));
  }

  Map<String, Object> tokens(Grant grant, String access) {
    Map<String, Object> tokens = new LinkedHashMap<>();
    tokens.put("access_token", access);
    tokens.put("token_type", "Bearer");
    tokens.put("expires_in", expiresInSeconds);
    try {
      tokens.put("id_token", signing.of(claims.apply(claimsOf(grant))));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return tokens;
  }

  Map<String, Object> claimsOf(Grant grant) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("iss", issuer());
    all.put("aud", CLIENT);
    all.put("iat", Instant.now().getEpochSecond());
    all.put("exp", Instant.now().getEpochSecond() + 300);
    boolean asks =
        asksAgain
            && "login".equals(grant.request().get("prompt"))
            && "0".equals(grant.request().get("max_age"));
    if (asks || knownFor.isPresent()) {
      Duration known = asks ? Duration.ZERO : knownFor.orElseThrow();
      all.put("auth_time", clock.instant().minus(known).getEpochSecond());
    }
    if (grant.request().containsKey("nonce")) {
      all.put("nonce", grant.request().get("nonce"));
    }
    all.putAll(grant.person());
    return all;
  }

  String signed(Map<String, Object> claims) throws JOSEException {
    return signed(claims, key);
  }

  static String signed(Map<String, Object> claims, RSAKey key) throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
            claimsSet(claims));
    jwt.sign(new RSASSASigner(key));
    return jwt.serialize();
  }

  static JWTClaimsSet claimsSet(Map<String, Object> claims) {
    try {
      return JWTClaimsSet.parse(claims);
    } catch (java.text.ParseException e) {
      throw new IllegalStateException(e);
    }
  }

  static RSAKey rsaKey(String id) {
    return RsaKeyPairs.make(id);
  }

  void userInfo(HttpExchange exchange) throws IOException {
    Grant grant = grant(exchange);
    if (grant == null) {
      text(exchange, 401, "text/plain", "no token");
    } else {
      json(exchange, 200, grant.person());
    }
  }

  @org.jspecify.annotations.Nullable
  Grant grant(HttpExchange exchange) {
    String header =
        Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "");
    return accessTokens.get(header.replaceFirst("^Bearer ", ""));
  }

  /// What a browser does with the address to which Varve sends it: where it is sent back, as path and query.
  public Return visit(String address) {
    try {
      HttpResponse<String> page =
          BROWSER.send(
              HttpRequest.newBuilder(URI.create(address)).GET().build(), BodyHandlers.ofString());
      return returned(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// How a provider sends a browser back.
  ///
  /// @param form that it is to post; empty when it follows a link
  public record Return(String path, Map<String, String> form) {}

  Return returned(HttpResponse<String> page) {
    if (page.statusCode() != 302) {
      throw new AssertionError(page.statusCode() + " " + page.body());
    }
    URI uri = URI.create(page.headers().firstValue("Location").orElseThrow());
    return new Return(uri.getRawPath() + "?" + uri.getRawQuery(), Map.of());
  }

  static Map<String, String> body(HttpExchange exchange) throws IOException {
    return form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
  }

  static Map<String, String> form(String text) {
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      String[] both = pair.split("=", 2);
      if (both.length == 2) {
        form.put(
            URLDecoder.decode(both[0], StandardCharsets.UTF_8),
            URLDecoder.decode(both[1], StandardCharsets.UTF_8));
      }
    }
    return form;
  }

  static String form(Map<String, String> fields) {
    List<String> pairs = new ArrayList<>();
    fields.forEach(
        (name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return String.join("&", pairs);
  }

  public static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static void json(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] bytes = Json.bytes(json -> Json.write(json, body));
    text(exchange, status, "application/json", new String(bytes, StandardCharsets.UTF_8));
  }

  static void text(HttpExchange exchange, int status, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
