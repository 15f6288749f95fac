package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.cache.AnswerCacheSettings;
import dev.varve.face.gateway.upstream.IdentityKind;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which answers are kept and given again, to whom, and for how long: two requests through a whole server to a service, with
/// some time between them.
///
/// | route | the service hears | `cache` |
/// |---|---|---|
/// | `/open` | nothing of who asks | `enabled` |
/// | `/timed` | nothing of who asks | `ttl: 30s` |
/// | `/late` | nothing of who asks | `ttl: 10s`, 20 s of each stale |
/// | `/told` | who asks, in signed headers | `ttl: 30s` |
/// | `/token` | who asks, when that is known | `ttl: 30s` |
/// | `/own` | credentials and cookies of the client | `ttl: 30s` |
final class AnswerCacheTest {
  private static final SteppedClock CLOCK = SteppedClock.standing();
  private static final AnswerCacheSettings BY_SERVICE =
      new AnswerCacheSettings(true, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  private static final AnswerCacheSettings TIMED =
      new AnswerCacheSettings(false, Duration.ofSeconds(30), Duration.ZERO, Duration.ZERO);
  private static final AnswerCacheSettings LATE =
      new AnswerCacheSettings(
          false, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(20));
  private static final AtomicInteger ROW = new AtomicInteger();

  private static ScriptedUpstream upstream;
  private static TestServer server;

  @BeforeAll
  static void start() {
    upstream = new ScriptedUpstream(CLOCK);
    GatewaySettings settings =
        new GatewaySettings(
            Map.of(
                "shipping",
                GatewayFixture.service("shipping", upstream.url()),
                "signed",
                GatewayFixture.with(
                    GatewayFixture.service("signed", upstream.url()),
                    Map.of("identity", IdentityKind.HEADERS)),
                "tokens",
                GatewayFixture.with(
                    GatewayFixture.service("tokens", upstream.url()),
                    Map.of("identity", IdentityKind.JWT))),
            List.of(
                GatewayFixture.route("/open/**", Map.of("cache", BY_SERVICE)),
                GatewayFixture.route("/timed/**", Map.of("cache", TIMED)),
                GatewayFixture.route("/late/**", Map.of("cache", LATE)),
                GatewayFixture.route("/told/**", Map.of("to", "signed", "cache", TIMED)),
                GatewayFixture.route("/token/**", Map.of("to", "tokens", "cache", TIMED)),
                GatewayFixture.route("/own/**", Map.of("forwardToken", true, "cache", TIMED))));
    server =
        TestServer.start(
            Plan.of(
                    """
                    type User @model @account @auth(rules: [{allow: role, roles: ["admin"]}]) {
                      id: ID!
                    }
                    """)
                .with(settings)
                .with(CLOCK)
                .knowing(Map.of("VARVE_GATEWAY_SECRET", "a secret of more than thirty-two bytes")));
    for (String who : List.of("ada", "bob")) {
      server
          .administration()
          .create(who + "@example.com", List.of(), Map.of(), "correct horse battery");
    }
  }

  @AfterAll
  static void stop() {
    server.close();
    upstream.close();
  }

  /// `hit` is the first answer from memory, `asked` another one from the service, `confirmed` the first one after the service has
  /// said that it is still good; a number is a status that comes out of memory.
  @ParameterizedTest(name = "{0}: {1}, {2}, {3} s, {4} -> {5}")
  @CsvSource(
      delimiter = '|',
      value = {
        // how long
        "open  | nobody | 200 Cache-Control: max-age=60                                | 59  | nobody | hit",
        "open  | nobody | 200 Cache-Control: max-age=60                                | 60  | nobody | asked",
        "open  | nobody | 200 Cache-Control: max-age=60 ~ Age: 30                      | 29  | nobody | hit",
        "open  | nobody | 200 Cache-Control: max-age=60 ~ Age: 30                      | 30  | nobody | asked",
        "open  | nobody | 200 Cache-Control: max-age=60 ~ Date: {now-50}               | 9   | nobody | hit",
        "open  | nobody | 200 Cache-Control: max-age=60 ~ Date: {now-50}               | 11  | nobody | asked",
        "open  | nobody | 200 Cache-Control: max-age=10, s-maxage=60                   | 59  | nobody | hit",
        "open  | nobody | 200 Cache-Control: max-age=60, s-maxage=10                   | 11  | nobody | asked",
        "open  | nobody | 200 Cache-Control: max-age=\"60\"                            | 59  | nobody | hit",
        "open  | nobody | 200 Cache-Control: MAX-AGE=60                                | 59  | nobody | hit",
        "open  | nobody | 200 Cache-Control: max-age=many                              | 0   | nobody | asked",
        "open  | nobody | 200 Cache-Control: max-age=-1                                | 0   | nobody | asked",
        "open  | nobody | 200 Cache-Control: max-age=0                                 | 0   | nobody | asked",
        "open  | nobody | 200 Cache-Control: max-age=99999999999999999999              | 600 | nobody | hit",
        "open  | nobody | 200 Date: {now} ~ Expires: {now+60}                          | 59  | nobody | hit",
        "open  | nobody | 200 Date: {now} ~ Expires: {now+60}                          | 61  | nobody | asked",
        "open  | nobody | 200 Expires: 0                                               | 0   | nobody | asked",
        "timed | nobody | 200 Expires: 0                                               | 0   | nobody | asked",
        "open  | nobody | 200 Cache-Control: max-age=60 ~ Date: {now} ~ Expires: {now} | 59  | nobody | hit",
        "open  | nobody | 200 X-A: 1                                                   | 0   | nobody | asked",
        "timed | nobody | 200 X-A: 1                                                   | 29  | nobody | hit",
        "timed | nobody | 200 X-A: 1                                                   | 30  | nobody | asked",
        "timed | nobody | 200 Cache-Control: max-age=5                                 | 6   | nobody | asked",
        "timed | nobody | 200 Cache-Control: public                                    | 29  | nobody | hit",
        // which
        "timed | nobody | 200 Cache-Control: private                                   | 0   | nobody | asked",
        "timed | nobody | 200 Cache-Control: private=\"X-A\", max-age=60               | 0   | nobody | asked",
        "timed | nobody | 200 Cache-Control: no-store                                  | 0   | nobody | asked",
        "timed | nobody | 200 Cache-Control: public, max-age=60, no-store              | 0   | nobody | asked",
        "timed | nobody | 200 Cache-Control: no-cache                                  | 0   | nobody | asked",
        "timed | nobody | 200 Cache-Control: no-cache ~ ETag: \"a\"                    | 0   | nobody | confirmed",
        "timed | nobody | 200 Pragma: no-cache                                         | 0   | nobody | asked",
        "timed | nobody | 200 Set-Cookie: a=b                                          | 0   | nobody | asked",
        "timed | nobody | 200 Set-Cookie: a=b ~ Cache-Control: public, max-age=60      | 0   | nobody | asked",
        "timed | nobody | 200 Content-Type: text/event-stream                          | 0   | nobody | asked",
        "timed | nobody | 404 X-A: 1                                                   | 29  | nobody | hit",
        "timed | nobody | 301 Location: /x                                             | 29  | nobody | hit",
        "timed | nobody | 302 Location: /x                                             | 0   | nobody | asked",
        "open  | nobody | 302 Location: /x ~ Cache-Control: max-age=60                 | 59  | nobody | hit",
        "timed | nobody | 403 Cache-Control: public, max-age=60                        | 0   | nobody | asked",
        "timed | nobody | 500 Cache-Control: public, max-age=60                        | 0   | nobody | asked",
        "timed | nobody | 204 X-A: 1                                                   | 29  | nobody | hit",
        "timed | nobody POST | 200 Cache-Control: public, max-age=60                   | 0   | nobody | asked",
        // asked whether it has changed
        "timed | nobody | 200 ETag: \"a\"                                              | 31  | nobody | confirmed",
        "timed | nobody | 200 ETag: W/\"a\"                                            | 31  | nobody | confirmed",
        "timed | nobody | 200 Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT             | 31  | nobody | confirmed",
        "open  | nobody | 200 Cache-Control: max-age=5, must-revalidate ~ ETag: \"a\"  | 6   | nobody | confirmed",
        // what the request says
        "timed | nobody | 200 ETag: \"a\"                                              | 0   | nobody Cache-Control: no-cache | confirmed",
        "timed | nobody | 200 X-A: 1                                                   | 0   | nobody Cache-Control: no-cache | asked",
        "timed | nobody | 200 X-A: 1                                                   | 0   | nobody Pragma: no-cache | asked",
        "timed | nobody | 200 X-A: 1                                                   | 0   | nobody Cache-Control: max-age=0 | asked",
        "timed | nobody | 200 X-A: 1                                                   | 9   | nobody Cache-Control: max-age=10 | hit",
        "timed | nobody | 200 X-A: 1                                                   | 11  | nobody Cache-Control: max-age=10 | asked",
        "timed | nobody | 200 X-A: 1                                                   | 20  | nobody Cache-Control: min-fresh=15 | asked",
        "timed | nobody | 200 X-A: 1                                                   | 0   | nobody Cache-Control: no-store | asked",
        "timed | nobody Cache-Control: no-store | 200 X-A: 1                           | 0   | nobody | asked",
        "timed | nobody | 200 X-A: 1                                                   | 0   | nobody Cache-Control: only-if-cached | hit",
        "timed | nobody | 200 X-A: 1                                                   | 31  | nobody Cache-Control: only-if-cached | 504",
        "timed | nobody | 200 ETag: \"a\"                                              | 0   | nobody If-None-Match: \"a\" | 304",
        "timed | nobody | 200 ETag: \"a\"                                              | 0   | nobody If-None-Match: W/\"a\" | 304",
        "timed | nobody | 200 ETag: \"a\"                                              | 0   | nobody If-None-Match: \"b\" | hit",
        "timed | nobody If-None-Match: \"b\" | 200 ETag: \"a\"                         | 0   | nobody | hit",
        "timed | nobody | 200 Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT             | 0   | nobody If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT | 304",
        "timed | nobody | 200 Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT             | 0   | nobody If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT | hit",
        "timed | nobody | 200 ETag: \"a\"                                              | 0   | nobody If-Match: \"a\" | asked",
        "timed | nobody | 200 X-A: 1                                                   | 0   | nobody Range: bytes=0-2 | 206",
        "timed | nobody | 200 X-A: 1                                                   | 0   | nobody Range: bytes=90- | 416",
        "timed | nobody | 200 ETag: \"a\"                                              | 0   | nobody Range: bytes=0-2 ~ If-Range: \"b\" | hit",
        "timed | nobody Range: bytes=0-2 | 206 Content-Range: bytes 0-2/9              | 0   | nobody | asked",
        "timed | nobody | 200 X-A: 1                                                   | 0   | nobody HEAD | 200",
        "timed | nobody HEAD | 200 X-A: 1                                              | 0   | nobody | asked",
        // by what it is found
        "timed | nobody Accept-Language: de | 200 Vary: Accept-Language                | 0   | nobody Accept-Language: de | hit",
        "timed | nobody Accept-Language: de | 200 Vary: Accept-Language                | 0   | nobody Accept-Language: en | asked",
        "timed | nobody Accept-Language: de | 200 Vary: accept-language, accept        | 0   | nobody Accept-Language: de ~ Accept: a/b | asked",
        "timed | nobody Accept-Language: de | 200 X-A: 1                               | 0   | nobody Accept-Language: en | hit",
        "timed | nobody | 200 Vary: *                                                  | 0   | nobody | asked",
        "timed | nobody Accept-Encoding: gzip | 200 Content-Encoding: gzip             | 0   | nobody Accept-Encoding: br | asked",
        "timed | nobody X-Tenant: a | 200 X-A: 1                                       | 0   | nobody X-Tenant: a | hit",
        "timed | nobody X-Tenant: a | 200 X-A: 1                                       | 0   | nobody X-Tenant: b | asked",
        "timed | nobody Origin: https://a.example | 200 X-A: 1                         | 0   | nobody Origin: https://b.example | asked",
        "timed | nobody User-Agent: a | 200 Vary: User-Agent                           | 0   | nobody User-Agent: b | hit",
        "timed | nobody Cookie: a=b | 200 X-A: 1                                       | 0   | nobody Cookie: a=c | hit",
        // for whom
        "timed | ada | 200 X-A: 1                                                      | 0   | ada | asked",
        "timed | ada | 200 Cache-Control: max-age=60                                   | 0   | bob | asked",
        "timed | ada | 200 Cache-Control: public                                       | 0   | bob | hit",
        "timed | ada | 200 Cache-Control: s-maxage=60                                  | 0   | nobody | hit",
        "timed | ada | 200 Cache-Control: max-age=60, must-revalidate                  | 0   | ada | hit",
        "timed | ada | 200 Cache-Control: max-age=60, must-revalidate                  | 0   | bob | asked",
        "timed | ada | 200 Cache-Control: max-age=60, must-revalidate                  | 0   | nobody | asked",
        "timed | ada | 200 Cache-Control: private, max-age=60                          | 0   | ada | asked",
        "timed | nobody | 200 X-A: 1                                                   | 0   | ada | hit",
        "timed | nobody Authorization: Basic YTpi | 200 X-A: 1                         | 0   | nobody Authorization: Basic YTpi | asked",
        "told  | nobody | 200 X-A: 1                                                   | 0   | nobody | asked",
        "told  | nobody | 200 Cache-Control: max-age=60, must-revalidate               | 0   | nobody | hit",
        "told  | nobody | 200 Cache-Control: max-age=60, must-revalidate               | 0   | ada | asked",
        "told  | ada | 200 Cache-Control: public                                       | 0   | bob | hit",
        "told  | ada | 200 Cache-Control: public ~ Vary: Varve-Actor                   | 0   | bob | asked",
        "told  | ada | 200 Cache-Control: public ~ Vary: Varve-Roles                   | 0   | bob | hit",
        "token | nobody | 200 X-A: 1                                                   | 0   | nobody | hit",
        "token | nobody | 200 X-A: 1                                                   | 0   | ada | asked",
        "token | ada | 200 Cache-Control: max-age=60                                   | 0   | ada | asked",
        "own   | nobody Cookie: a=b | 200 Cache-Control: max-age=60                    | 0   | nobody Cookie: a=b | asked",
        "own   | nobody Cookie: a=b | 200 Cache-Control: max-age=60, must-revalidate   | 0   | nobody Cookie: a=b | hit",
        "own   | nobody Cookie: a=b | 200 Cache-Control: max-age=60, must-revalidate   | 0   | nobody Cookie: a=c | asked",
        "own   | nobody | 200 X-A: 1                                                   | 0   | nobody Cookie: a=b | asked",
        "own   | nobody Authorization: Basic YTpi | 200 Cache-Control: public          | 0   | nobody Authorization: Basic YTpj | hit",
        "own   | nobody Authorization: Basic YTpi | 200 Cache-Control: public ~ Vary: Authorization | 0 | nobody Authorization: Basic YTpj | asked",
      })
  void anAnswerIsKeptForWhoeverMayHaveIt(
      String route, String first, String says, int seconds, String second, String comes) {
    String path = "/%s/%d".formatted(route, ROW.incrementAndGet());
    upstream.says(path, Integer.parseInt(says.substring(0, 3)), says.substring(4).split(" *~ *"));
    Map<String, String> tokens = new HashMap<>();
    Reply before = send(tokens, first, path);
    assertThat(before.header("Age")).isIn("", "0", "30", "50");
    assertThat(upstream.asked(path)).isEqualTo(1);

    CLOCK.move(Duration.ofSeconds(seconds));
    Reply reply = send(tokens, second, path);

    String status = reply.header("Cache-Status");
    switch (comes) {
      case "hit" -> {
        assertThat(status).startsWith("Varve; hit; ttl=");
        assertThat(reply.text()).isEqualTo(before.status() == 204 ? "" : "answer 1");
        assertThat(reply.status()).isEqualTo(before.status());
        assertThat(upstream.asked(path)).isEqualTo(1);
      }
      case "asked" -> {
        assertThat(status).startsWith("Varve; fwd=");
        assertThat(reply.text()).isEqualTo("answer 2");
        assertThat(upstream.asked(path)).isEqualTo(2);
      }
      case "confirmed" -> {
        assertThat(status).endsWith("fwd-status=304; stored");
        assertThat(reply.text()).isEqualTo("answer 1");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(upstream.asked(path)).isEqualTo(2);
      }
      default -> {
        assertThat(reply.status()).isEqualTo(Integer.parseInt(comes));
        assertThat(upstream.asked(path)).isEqualTo(1);
      }
    }
  }

  /// @param who a name, perhaps a method, and headers
  static Reply send(Map<String, String> tokens, String who, String path) {
    String[] words = who.split(" ", 2);
    String rest = words.length == 1 ? "" : words[1];
    String method = rest.matches("POST|HEAD") ? rest : "GET";
    Map<String, String> headers = new LinkedHashMap<>();
    if (method.equals("GET") && !rest.isEmpty()) {
      for (String header : rest.split(" *~ *", -1)) {
        headers.put(header.split(": ", 2)[0], header.split(": ", 2)[1]);
      }
    }
    if (!words[0].equals("nobody")) {
      headers.put(
          "Authorization", "Bearer " + tokens.computeIfAbsent(words[0], AnswerCacheTest::signIn));
    }
    return server.send(method, path, headers, "");
  }

  private static String signIn(String who) {
    Reply reply =
        server.send(
            "POST",
            "/auth/sign-in",
            Map.of(),
            "{\"email\": \"%s@example.com\", \"password\": \"correct horse battery\"}"
                .formatted(who));
    return String.valueOf(((Map<?, ?>) Objects.requireNonNull(reply.json())).get("accessToken"));
  }
}
