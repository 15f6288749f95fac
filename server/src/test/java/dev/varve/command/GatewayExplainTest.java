package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.OpenEngine;
import dev.varve.node.OpenEngine.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `varve gateway explain` says. No service is there: nothing is sent.
@SuppressWarnings("NullAway.Init") // set before all tests
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GatewayExplainTest {
  private static final String SETTINGS =
      """
      gateway:
        services:
          shipping:
            urls: [http://10.0.0.5:8080, http://10.0.0.6:8080]
            breaker: {failures: 5, recovery: 60s}
            identity: JWT
          pages:
            urls: [https://pages.example]
            tls: {ca: not-there.pem}
        routes:
          - path: /shipping/**
            to: shipping
            strip: /shipping
            methods: [GET, POST]
            allow: authenticated
            when: "'staff' in me.roles || request.method == 'GET'"
            limit: {requests: 100, per: 1m}
          - {path: /shipping/admin/**, to: shipping, allow: role admin, forwardToken: true}
          - {path: /mine, to: shipping, allow: public, when: "me.email == 'ada@example.com'"}
          - {path: "/v1/{any}", to: pages, allow: public, rewrite: {pattern: "/v1/(.*)", to: "/new/$1"}}
          - {path: /h/**, to: pages, allow: public, host: shop.example, prefix: /x}
          - {path: /h/**, to: pages, allow: public, headers: {X-Version: "2"}, limit: {requests: 5, per: 1h, by: ADDRESS}}
          - {path: /q, to: pages, allow: public, query: {add: {k: v}, remove: [secret]}, cache: {ttl: 30s}}
        aggregates:
          - path: /pages/{id}
            allow: authenticated
            timeout: 3s
            parts:
              note: {varve: "/api/notes/{id}"}
              parcel: {service: shipping, path: "/parcels?order={id}", required: false}
      """;

  private Path app;

  @BeforeAll
  void makeApplication(@TempDir Path folder) throws IOException {
    app = folder;
    Files.writeString(
        app.resolve("schema.graphql"),
        """
        type User @model @account { email: Email! @unique }
        type Note @model @auth(rules: [{allow: public}]) { text: String! }
        """);
    Path users = app.resolve("users.ndjson");
    Files.writeString(
        users,
        """
        {"email": "ada@example.com"}
        {"email": "sam@example.com", "roles": ["staff"]}
        {"email": "eve@example.com", "disabled": true}
        """);
    assertThat(OpenEngine.run("import", app.toString(), "User=" + users).exitCode()).isZero();
    Files.writeString(app.resolve("varve.yaml"), SETTINGS);
  }

  private Ran explain(String method, String url, String... more) {
    List<String> words =
        new ArrayList<>(List.of("gateway", "explain", app.toString(), method, url));
    words.addAll(List.of(more));
    return OpenEngine.run(words.toArray(String[]::new));
  }

  @Test
  void hostsThatAreFoundAreNamed(@TempDir Path other) throws IOException {
    Files.writeString(other.resolve("schema.graphql"), "type Note @model { text: String! }");
    Files.writeString(
        other.resolve("varve.yaml"),
        """
        gateway:
          services:
            moving: {discovery: {file: hosts.txt}}
            lost: {discovery: {file: not-there.txt}}
          routes:
            - {path: /moving, to: moving, allow: public}
            - {path: /lost, to: lost, allow: public}
        """);
    Files.writeString(other.resolve("hosts.txt"), "http://10.0.0.5:8080\nhttp://10.0.0.6:8080\n");

    assertThat(OpenEngine.run("gateway", "explain", other.toString(), "GET", "/moving").out())
        .contains(
            "  service    moving, at one of 2 hosts of the file %s/hosts.txt now (http://10.0.0.5:8080, http://10.0.0.6:8080): the one with the fewest requests under way  (varve.yaml:3)"
                .formatted(other));
    assertThat(OpenEngine.run("gateway", "explain", other.toString(), "GET", "/lost").out())
        .contains(
            "  service    lost, at no host that is known now. The file %s/not-there.txt is not there  (varve.yaml:4)"
                .formatted(other));
  }

  @Test
  void aRequestIsFollowedToItsService() {
    assertThat(explain("GET", "/shipping/parcels?order=7", "--as", "sam@example.com").out())
        .isEqualTo(
            """
            GET /shipping/parcels?order=7 from sam@example.com with the role staff:

              route      /shipping/**, methods GET, POST  (varve.yaml:11)
              rule       authenticated: yes  (varve.yaml:15)
              when       'staff' in me.roles || request.method == 'GET': holds  (varve.yaml:16)
              limit      100 requests in 1m for each account or key, and for each network without one  (varve.yaml:17)
              service    shipping, at one of 2 hosts: the one with the fewest requests under way  (varve.yaml:4)
              breaker    5 failures in a row open it for 1m  (varve.yaml:4)
              target     GET /parcels?order=7
              identity   the service is told who asks by a token of its own
            """);
  }

  @Test
  void aRefusalEndsIt() {
    assertThat(explain("POST", "/shipping/parcels").out())
        .isEqualTo(
            """
            POST /shipping/parcels from somebody who has not signed in:

              route      /shipping/**, methods GET, POST  (varve.yaml:11)
              rule       authenticated: no: 401, Sign in first: what is here is for those who have  (varve.yaml:15)
              service    hears nothing of it
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      value = {
        "GET  | /shipping/a        | --as ada@example.com | when 'staff' in me.roles || request.method == 'GET': holds",
        "POST | /shipping/a        | --as ada@example.com | when 'staff' in me.roles || request.method == 'GET': does not hold, or cannot be decided: 403, You may not do this here",
        "POST | /shipping/a        | --role staff         | target POST /a",
        "PUT  | /shipping/a        | --role staff         | route none with this method: 405, and the answer names GET, POST",
        "HEAD | /shipping          | --role staff         | target HEAD /",
        "GET  | /shipping/admin/x  | --role staff         | rule role admin: no: 403, What is here takes the role 'admin', which you do not have",
        "GET  | /shipping/admin/x  | --role admin         | rule role admin: yes",
        "GET  | /shipping/admin/x  | --role admin         | limit none",
        "GET  | /shipping/admin/x  | --role admin         | identity the service is told who asks by a token of its own, and gets Authorization, Cookie and DPoP as they came",
        "GET  | /mine              | --as ada@example.com | when me.email == 'ada@example.com': holds",
        "GET  | /mine              | --as sam@example.com | when me.email == 'ada@example.com': does not hold, or cannot be decided: 403, You may not do this here",
        "GET  | /mine              |                      | when me.email == 'ada@example.com': does not hold, or cannot be decided: 401, You may not do this here without signing in",
        "GET  | /v1/x?y=z          |                      | target GET /new/x?y=z",
        "GET  | /v1/x              |                      | service pages, at https://pages.example",
        "GET  | /v1/x              |                      | identity the service is not told who asks",
        "GET  | https://shop.example/h/y   |              | route /h/**, host shop.example",
        "GET  | https://shop.example:8443/h/y |           | target GET /x/h/y",
        "GET  | /h/y               | --header X-Version:2 | route /h/**, header X-Version: 2",
        "GET  | /h/y               | --header X-Version:2 | limit 5 requests in 1h for each network",
        "GET  | /h/y               | --header X-Version:3 | route none: 404, unless Varve has something there",
        "GET  | /q?secret=1&a=2    |                      | target GET /q?a=2&k=v",
        "GET  | /q                 |                      | cache what is kept may do; an answer to GET is kept as the service says, and for 30s where it says nothing",
        "GET  | /nowhere           |                      | route none: 404, unless Varve has something there",
        "GET  | /api/notes         |                      | route none of the gateway: Varve answers itself what begins so",
        "TRACE | /v1/x             |                      | route none: nobody may TRACE here, which is answered with 405",
        "GET  | /shipping/%2e%2e/x | --role staff         | path no: 400, The path has a segment that is empty, '.' or '..'. Write the path that is meant",
        "GET  | /pages/7           |                      | rule authenticated: no: 401, Sign in first: what is here is for those who have",
        "GET  | /pages/7           | --role staff         | part note: Varve's own GET /api/notes/{id}",
        "GET  | /pages/7           | --role staff         | part parcel: GET /parcels?order={id} of the service shipping, which may fail",
        "GET  | /pages/7           | --role staff         | deadline 3s for all of it, and 4,194,304 bytes",
        "POST | /pages/7           | --role staff         | method no: an aggregate is read with GET, and anything else is 405",
      })
  void eachThingThatARequestMeetsIsSaid(String method, String url, String who, String line) {
    Ran ran = explain(method, url, who == null ? new String[0] : who.split(" ", -1));

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(
            ran.out()
                .lines()
                .map(each -> each.strip().replaceAll("  \\(varve.yaml:\\d+\\)$", ""))
                .map(each -> each.replaceFirst(" +", " ")))
        .contains(line);
  }

  @Test
  void whatCannotBeExplainedIsSaid() {
    assertThat(explain("GET", "/mine", "--as", "bob@example.com"))
        .isEqualTo(new Ran(1, "", "No User has the e-mail address bob@example.com\n"));
    assertThat(explain("GET", "/mine", "--as", "eve@example.com"))
        .isEqualTo(
            new Ran(
                1,
                "",
                "eve@example.com is disabled, and is let in nowhere: every request is 401\n"));
    assertThat(explain("GET", "mine").err())
        .startsWith(
            "mine is no URL: write https://shop.example/path?query, or the path from its slash on");
    assertThat(explain("GET", "/%zz").exitCode()).isEqualTo(2);
    assertThat(explain("GET", "/mine", "--header", "x").exitCode()).isEqualTo(2);
    assertThat(OpenEngine.run("gateway").exitCode()).isEqualTo(2);
  }
}
