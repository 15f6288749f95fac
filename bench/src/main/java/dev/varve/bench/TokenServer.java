package dev.varve.bench;

import dev.varve.kernel.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A running server with an application that somebody has let in, and that asks for itself too. Tokens are signed with RS256.
final class TokenServer implements AutoCloseable {
  static final String TOKEN = "/oauth2/token";
  static final String INTROSPECT = "/oauth2/introspect";
  static final String PARCELS = "/api/parcels";

  private static final String CLIENT = "program";
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String BACK = "http://127.0.0.1/back";
  private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  private static final String PASSWORD = "a varve a year for ages";
  private static final String SETTINGS =
      """
      oauth:
        clients:
          program:
            title: Program
            redirectUris: ["http://127.0.0.1/back"]
            scopes: [openid, parcels, offline_access]
            grants: [authorization_code, refresh_token, client_credentials]
            secret: PROGRAM_SECRET
            consent: NEVER
      """;
  private static final Pattern HIDDEN =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">");

  private final Child server;
  private final Client client;
  private final HttpClient browser =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(new CookieManager())
          .build();

  TokenServer(Lab lab) {
    this.server =
        lab.configured(
            "tokens",
            Lab.resource("tokens.graphql"),
            SETTINGS,
            Map.of("PROGRAM_SECRET", SECRET, "VARVE_AUTH_VERIFICATION", "OPTIONAL"));
    this.client = new Client(server.port());
  }

  Child process() {
    return server;
  }

  int port() {
    return server.port();
  }

  /// Makes so many records; their paths.
  List<String> fill(int records) {
    List<String> paths = new ArrayList<>();
    for (int number = 0; number < records; number++) {
      String id = "parcel-%07d".formatted(number);
      client
          .ask(
              Requests.post(
                  PARCELS,
                  "{\"id\":\"%s\",\"customer\":\"%s\",\"quantity\":%d,\"note\":\"%s\"}"
                      .formatted(
                          id,
                          Orders.customer(number),
                          Orders.quantity(number),
                          Orders.note(number))))
          .requireStatus(201);
      paths.add(PARCELS + "/" + id);
    }
    return paths;
  }

  /// A request of the client, which proves who it is.
  static byte[] post(String path, Map<String, String> form) {
    return Requests.post(path, headers(""), encoded(form));
  }

  private static String headers(String more) {
    return "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic "
        + Base64.getEncoder()
            .encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8))
        + more;
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field ->
            field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  /// The request with which it asks for itself.
  static byte[] forItself() {
    return post(TOKEN, Map.of("grant_type", "client_credentials", "scope", "parcels"));
  }

  /// A token with which it acts for itself.
  String token() {
    return text(client.ask(forItself()).requireStatus(200), "access_token");
  }

  /// The nonce that proofs take.
  String nonce(ClientKey key) {
    return nonce(proven(key, "none"));
  }

  /// A token with which it acts for itself, good with a key alone.
  String token(ClientKey key, String nonce) {
    return text(proven(key, nonce).requireStatus(200), "access_token");
  }

  private Answer proven(ClientKey key, String nonce) {
    String proof = key.proof("POST", "http://localhost" + TOKEN, nonce, "");
    return client.ask(
        Requests.post(
            TOKEN,
            headers("\r\nDPoP: " + proof),
            encoded(Map.of("grant_type", "client_credentials", "scope", "parcels"))));
  }

  private static String nonce(Answer answer) {
    return answer.headers().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("DPoP-Nonce"))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  /// Refresh tokens, each of a session of its own, after somebody has signed in on the pages.
  List<String> refreshTokens(int count) {
    signUp();
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, String> form = new LinkedHashMap<>();
      form.put("grant_type", "authorization_code");
      form.put("code", code());
      form.put("code_verifier", VERIFIER);
      tokens.add(text(client.ask(post(TOKEN, form)).requireStatus(200), "refresh_token"));
    }
    return tokens;
  }

  private void signUp() {
    client
        .ask(
            Requests.post(
                "/auth/sign-up",
                "{\"email\":\"ada@example.com\",\"password\":\"%s\",\"name\":\"Ada\"}"
                    .formatted(PASSWORD)))
        .requireStatus(202);
  }

  private String code() {
    Map<String, String> asked = new LinkedHashMap<>();
    asked.put("response_type", "code");
    asked.put("client_id", CLIENT);
    asked.put("redirect_uri", BACK);
    asked.put("scope", "openid parcels offline_access");
    asked.put("code_challenge", CHALLENGE);
    asked.put("code_challenge_method", "S256");
    HttpResponse<String> answer = visit("/oauth2/authorize?" + encoded(asked));
    if (answer.statusCode() == 200) {
      answer = signIn(answer);
    }
    Matcher code = Pattern.compile("[?&]code=([^&]+)").matcher(location(answer));
    if (!code.find()) {
      throw new IllegalStateException("No code came back: " + answer);
    }
    return code.group(1);
  }

  private HttpResponse<String> signIn(HttpResponse<String> page) {
    Map<String, String> form = new LinkedHashMap<>();
    Matcher hidden = HIDDEN.matcher(page.body());
    while (hidden.find()) {
      form.putIfAbsent(hidden.group(1), hidden.group(2));
    }
    form.put("email", "ada@example.com");
    form.put("password", PASSWORD);
    return followed(
        send(
            HttpRequest.newBuilder(page.uri())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(encoded(form)))));
  }

  private HttpResponse<String> visit(String path) {
    return followed(send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))));
  }

  /// As long as it leads to the server itself.
  private HttpResponse<String> followed(HttpResponse<String> answer) {
    return location(answer).startsWith("/") ? visit(location(answer)) : answer;
  }

  private static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElse("");
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return browser.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private static String text(Answer answer, String member) {
    if (Json.read(answer.body()) instanceof Map<?, ?> members) {
      return String.valueOf(members.get(member));
    }
    throw new IllegalStateException("Not an object: " + answer);
  }

  @Override
  public void close() {
    browser.close();
    client.close();
    server.close();
  }
}
