package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.OpenEngine;
import dev.varve.node.OpenEngine.Ran;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `varve gateway check` finds.
final class GatewayCheckTest {
  @TempDir private Path app;

  @BeforeEach
  void makeApplication() throws IOException {
    Files.writeString(
        app.resolve("schema.graphql"),
        "type Note @model @auth(rules: [{allow: public}]) { text: String! }");
  }

  private Ran check(String settings, String... more) throws IOException {
    Files.writeString(app.resolve("varve.yaml"), settings);
    List<String> words = new ArrayList<>(List.of("gateway", "check", app.toString()));
    words.addAll(List.of(more));
    return OpenEngine.run(words.toArray(String[]::new));
  }

  /// @param routes in the form of YAML, without `to` and divided by semicolons
  private static String routes(String routes) {
    StringBuilder settings =
        new StringBuilder(
            "gateway:\n  services:\n    shipping: {urls: [http://127.0.0.1:1]}\n  routes:\n");
    for (String route : routes.split(";", -1)) {
      settings.append("    - {to: shipping, %s}\n".formatted(route.strip()));
    }
    return settings.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "path: /s, allow: authenticated; path: /s, allow: authenticated                       | 6 | gateway.routes[1] is never reached: gateway.routes[0] (/s) takes all that /s would",
        "path: '/s/*', allow: authenticated; path: '/s/{id}', allow: authenticated              | 6 | gateway.routes[1] is never reached: gateway.routes[0] (/s/*) takes all that /s/{id} would",
        "path: /s, methods: [GET, POST], allow: authenticated; path: /s, methods: [GET], allow: authenticated | 6 | gateway.routes[1] is never reached",
        "path: /s, methods: [GET], allow: authenticated; path: /s, methods: [HEAD], allow: authenticated | 6 | gateway.routes[1] is never reached",
        "path: /s, host: '*.a.example', allow: authenticated; path: /s, host: '*.b.a.example', allow: authenticated | 6 | gateway.routes[1] is never reached",
        "path: /s, headers: {A: b}, allow: authenticated; path: /s, headers: {A: b}, allow: role x | 6 | gateway.routes[1] is never reached",
        "path: /api/notes, allow: authenticated                                                | 5 | gateway.routes[0].path is /api/notes, where Varve answers itself",
      })
  void whatIsWrongIsFound(String routes, int line, String says) throws IOException {
    Ran ran = check(routes(routes), "--offline");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).startsWith("%s/varve.yaml:%d:".formatted(app, line)).contains(says);
    assertThat(ran.err()).endsWith("\n1 mistake\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "path: /s, allow: authenticated; path: /s/x, allow: authenticated",
        "path: /s/**, allow: authenticated; path: /s/*, allow: authenticated",
        "path: /s, allow: authenticated; path: /s, methods: [GET], allow: authenticated",
        "path: /s, methods: [GET], allow: authenticated; path: /s, methods: [GET, POST], allow: authenticated",
        "path: /s, host: a.example, allow: authenticated; path: /s, host: b.example, allow: authenticated",
        "path: /s, host: '*.a.example', allow: authenticated; path: /s, host: 'x.a.example', allow: authenticated",
        "path: /s, headers: {A: b}, allow: authenticated; path: /s, headers: {A: c}, allow: authenticated",
      })
  void routesThatEachTakeSomethingAreFine(String routes) throws IOException {
    assertThat(check(routes(routes), "--offline"))
        .isEqualTo(
            new Ran(
                0,
                "The gateway of %s/varve.yaml is fine: 1 service, 2 routes, 0 aggregates\n"
                    .formatted(app),
                ""));
  }

  @Test
  void servicesThatTakeNoConnectionAreFound() throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Ran ran =
          check(
              """
              gateway:
                services:
                  up:
                    urls: ["http://127.0.0.1:%d"]
                  down:
                    urls:
                      - http://127.0.0.1:%d
                      - http://127.0.0.1:1
                      - http://nowhere.invalid
                routes:
                  - {path: /up, to: up, allow: authenticated}
                  - {path: /down, to: down, allow: authenticated}
              """
                  .formatted(listening.getLocalPort(), listening.getLocalPort()));

      assertThat(ran)
          .isEqualTo(
              new Ran(
                  1,
                  "",
                  """
                  %1$s/varve.yaml:8:11: gateway.services[down].urls[1] is http://127.0.0.1:1, which takes no connections. Start it, or correct the address
                  %1$s/varve.yaml:9:11: gateway.services[down].urls[2] is http://nowhere.invalid, which has a name that nobody knows: nowhere.invalid. Start it, or correct the address
                  2 mistakes
                  """
                      .formatted(app)));
    }
  }

  @Test
  void hostsThatAreFoundAreTriedAndNamed() throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String settings =
          """
          gateway:
            services:
              up:
                discovery: {file: up.txt}
              down:
                discovery: {file: down.txt}
              gone:
                discovery: {file: gone.txt}
            routes:
              - {path: /up, to: up, allow: authenticated}
              - {path: /down, to: down, allow: authenticated}
              - {path: /gone, to: gone, allow: authenticated}
          """;
      String url = "http://127.0.0.1:" + listening.getLocalPort();
      Files.writeString(app.resolve("up.txt"), url);
      Files.writeString(app.resolve("down.txt"), "http://127.0.0.1:1 # gone");

      assertThat(check(settings))
          .isEqualTo(
              new Ran(
                  1,
                  "",
                  """
                  %1$s/varve.yaml:8:25: gateway.services[gone].discovery.file finds no host now. The file %1$s/gone.txt is not there. Correct it, or whoever is asked
                  %1$s/varve.yaml:6:25: gateway.services[down].discovery.file finds http://127.0.0.1:1, which takes no connections. Start it, or correct the address
                  2 mistakes
                  """
                      .formatted(app)));

      Files.writeString(app.resolve("down.txt"), url);
      Files.writeString(app.resolve("gone.txt"), url);
      assertThat(check(settings).out())
          .contains(
              "Note: %s/varve.yaml:4:25: gateway.services[up].discovery.file finds 1 host now: %s\n"
                  .formatted(app, url));
      assertThat(check(settings, "--offline").out()).doesNotContain("finds");
    }
  }

  @Test
  void filesThatAreMissingAndAggregatesThatReadNothingAreFound() throws IOException {
    Ran ran =
        check(
            """
            gateway:
              services:
                one:
                  urls: [https://one.example]
                  tls: {ca: one.pem}
                other:
                  urls: [https://other.example]
                  tls: {certificate: me.pem, key: me.key}
              routes:
                - {path: /one, to: one, allow: authenticated}
                - {path: /other, to: other, allow: authenticated}
              aggregates:
                - path: /pages/{id}
                  allow: authenticated
                  parts:
                    task: {varve: "/api/tasks/{id}"}
            """,
            "--offline");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err().lines().toList())
        .satisfiesExactly(
            ca ->
                assertThat(ca)
                    .startsWith(app + "/varve.yaml:5:17: gateway.services[one].tls.ca ")
                    .contains("one.pem"),
            certificate ->
                assertThat(certificate)
                    .startsWith(app + "/varve.yaml:8:26: gateway.services[other].tls.certificate ")
                    .contains("me.pem"),
            aggregate ->
                assertThat(aggregate)
                    .isEqualTo(
                        "%s/varve.yaml:16:23: gateway.aggregates[0].parts[task].varve is '/api/tasks/{id}', where no records are read. Write /api/MODELS or /api/MODELS/{id}",
                        app),
            count -> assertThat(count).isEqualTo("3 mistakes"));
  }

  @Test
  void whatIsSeldomMeantIsNoted() throws IOException {
    assertThat(
            check(
                """
                gateway:
                  services:
                    shipping: {urls: [http://127.0.0.1:1]}
                    forgotten: {urls: [http://127.0.0.1:1]}
                  routes:
                    - {path: /open, to: shipping, allow: public}
                    - {path: /bound, to: shipping, allow: public, limit: {requests: 5}}
                    - {path: /asked, to: shipping, allow: public, when: "request.method == 'GET'"}
                """,
                "--offline"))
        .isEqualTo(
            new Ran(
                0,
                """
                The gateway of %1$s/varve.yaml is fine: 2 services, 3 routes, 0 aggregates
                Note: %1$s/varve.yaml:4:16: gateway.services[forgotten] is used by no route and no aggregate. Take it out, or write a route to it
                Note: %1$s/varve.yaml:6:42: gateway.routes[0].allow is public, and nothing says how often: /open reaches the service as often as anybody likes. Give the route a limit, such as limit: {requests: 100, per: 1m, by: ADDRESS}
                """
                    .formatted(app),
                ""));
  }

  @Test
  void aMistakeInTheFileComesFirst() throws IOException {
    Ran ran = check(routes("path: /s, allow: nobody"), "--offline");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("varve.yaml:5:", "gateway.routes[0].allow is 'nobody'");
  }
}
