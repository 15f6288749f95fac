package dev.varve.face.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.gateway.GatewayFixture;
import dev.varve.kernel.UserMistake;
import dev.varve.node.TestServer;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused when a server starts, and how it is said. The aggregate stands in line 4 of the file.
final class AggregateStartTest {
  private static final String URL = "http://127.0.0.1:9";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // circles
        "{a: {service: other, path: '/{a.x}'}} | parts[a].path names {a.x}, but there is neither a segment {a} in the path of the aggregate nor another part 'a'.",
        "{a: {service: other, path: '/{b.x}'}, b: {service: other, path: '/{a.x}'}} | parts[a].path goes in a circle: a needs b needs a. One of them must do without the others",
        "{z: {service: other, path: /z}, a: {varve: '/api/orders/{b.x}'}, b: {service: other, path: '/{c}'}, c: {service: other, path: '/{a.x}?z={z}'}} | parts[a].varve goes in a circle: a needs b needs c needs a. One of them must do without the others",
        // names
        "{a: {service: other, path: '/{code}'}} | parts[a].path names {code}, but there is neither a segment {code} in the path of the aggregate nor another part 'code'.",
        "{order: {service: other, path: /a}, b: {service: other, path: '/{ordr.x}'}} | parts[b].path names {ordr.x}, but there is neither a segment {ordr} in the path of the aggregate nor another part 'ordr'. Did you mean 'order'?",
        "{a: {service: othr, path: /a}} | parts[a].service is 'othr', which gateway.services does not have. Did you mean 'other'?",
        "{errors: {service: other, path: /a}} | parts[errors] has the name under which the answer tells of parts that failed. Choose another",
        "{id: {service: other, path: /a}} | parts[id] has the name of a segment of the path. Choose another",
        // targets
        "{a: {service: other, path: a}} | parts[a].path is 'a': write a path from its slash on, without segments that are empty, '.' or '..'",
        "{a: {service: other, path: /a/../b}} | parts[a].path is '/a/../b': write a path from its slash on, without segments that are empty, '.' or '..'",
        "{a: {service: other, path: '//evil.example/a'}} | parts[a].path is '//evil.example/a': write a path from its slash on, without segments that are empty, '.' or '..'",
        "{a: {service: other, path: '/a#b'}} | parts[a].path has '/a#b', which a URL has not as it stands: percent-encode it",
        "{a: {service: other, path: '/a b'}} | parts[a].path has '/a b', which a URL has not as it stands: percent-encode it",
        "{a: {service: other, path: '/{id'}} | parts[a].path has '/{id', which a URL has not as it stands: percent-encode it",
        "{a: {service: other, path: '/{}'}} | parts[a].path has {}: write {name} for a segment of the path, or {part.field} for what a part answers",
        "{a: {service: other, path: /a}, b: {service: other, path: '/{a!}'}} | parts[b].path has '!' behind the name of a part: write {part.field}",
        // what does not go together
        "{a: {}} | parts[a].service is not set, and neither is varve. Say what is asked",
        "{a: {varve: /api/orders, service: other, path: /a}} | parts[a].varve stands beside service. Ask one of both",
        "{a: {service: other}} | parts[a].path is not set: say what is asked of the service",
        "{a: {varve: /api/orders, path: /a}} | parts[a].path is for services. Write path and query behind varve",
        "{a: {service: other, path: /a, pick: 'x y'}} | parts[a].pick is 'x y': write names and places, such as items[0].product",
        "{a: {service: other, path: /a, timeout: 61s}} | parts[a].timeout must be a duration of at most 1m, such as 300ms, 30s or 15m; it is '61s'",
        "{} | parts must be a name for each, under which stand varve, service, path, required, timeout, bytesMax, pick, rename, flatten; from 1 to 20 of them; it has 0"
      })
  void whatCannotHoldIsToldWithItsPlace(String parts, String message) {
    String aggregate = "{path: '/page/{id}', allow: public, parts: %s}".formatted(parts.strip());

    List<String> told = mistakes(aggregate);

    assertThat(told).hasSize(1);
    assertThat(told.getFirst()).endsWith(message.strip());
    assertThat(told.getFirst()).contains("varve.yaml:4:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "page | public | | path is 'page': write plain names, and {name} for a segment, such as /pages/order/{id}",
        "/{id} | public | | path is '/{id}': write plain names, and {name} for a segment, such as /pages/order/{id}",
        "/a/** | public | | path is '/a/**': write plain names, and {name} for a segment, such as /pages/order/{id}",
        "/a/{x}/{x} | public | | path has {x} twice. Give each segment a name",
        "/a | anybody | | allow is 'anybody': write public, authenticated, role NAME, or scope NAME",
        "/a | public | request.pth == '' | when asks for request.pth, which there is not. Did you mean 'path'?"
      })
  void anAggregateItselfIsChecked(String path, String allow, String when, String message) {
    String condition = when == null ? "" : "when: \"%s\", ".formatted(when.strip());
    String aggregate =
        "{path: '%s', allow: %s, %sparts: {a: {service: other, path: /a}}}"
            .formatted(path.strip(), allow.strip(), condition);

    assertThat(mistakes(aggregate)).hasSize(1);
    assertThat(mistakes(aggregate).getFirst()).endsWith(message.strip()).contains("varve.yaml:4:");
  }

  private static List<String> mistakes(String aggregate) {
    try {
      AggregateFixture.settings(URL, aggregate);
    } catch (UserMistake e) {
      return String.valueOf(e.getMessage()).lines().toList();
    }
    throw new AssertionError("It was taken");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/page/{id} | /api/ordres/{id} | parts[a].varve is '/api/ordres/{id}', where no records are read. Write /api/MODELS or /api/MODELS/{id}",
        "/page/{id} | /api/orders/{id}/history | parts[a].varve is '/api/orders/{id}/history', where no records are read. Write /api/MODELS or /api/MODELS/{id}",
        "/page/{id} | /auth/me | parts[a].varve is '/auth/me', where no records are read. Write /api/MODELS or /api/MODELS/{id}",
        "/page/{id} | /api/{id} | parts[a].varve is '/api/{id}', where no records are read. Write /api/MODELS or /api/MODELS/{id}",
        "/page/{id} | /api/orders?filter=user=={id} | parts[a].varve puts a value into 'filter'. Compare a field with it, such as order={id}",
        "/page/{id} | /api/orders?expand={id} | parts[a].varve puts a value into 'expand'. Compare a field with it, such as order={id}",
        "/page/{id} | /api/orders?{id}=1 | parts[a].varve puts a value into '\u0001'. Compare a field with it, such as order={id}",
        "/page/{id} | /api/orders?status[in]={id} | parts[a].varve puts a value into 'status[in]'. Compare a field with it, such as order={id}",
        "/page/{id} | /api/orders?asOf=position:1 | parts[a].varve has asOf. Whoever asks for the aggregate says asOf, for all parts at once",
        "/api/page | /api/orders | path is /api/page, where Varve answers itself. Choose another",
        "/docs | /api/orders | path is /docs, where Varve answers itself. Choose another"
      })
  void whatDependsOnTheSchemaIsCheckedWhenItIsKnown(String path, String varve, String message) {
    String aggregate =
        "{path: '%s', allow: public, parts: {a: {varve: '%s'}}}"
            .formatted(path.strip(), varve.strip());
    TestServer.Plan plan =
        TestServer.Plan.of(AggregateFixture.SCHEMA).with(AggregateFixture.settings(URL, aggregate));

    assertThatThrownBy(() -> TestServer.start(plan).close())
        .isInstanceOf(WrongSetting.class)
        .hasMessage("gateway.aggregates[0]." + message.strip());
  }

  @Test
  void twoOfOnePathAreRefused() {
    String one = "{path: '/page/{id}', allow: public, parts: {a: {varve: /api/orders}}}";
    String other = "{path: '/page/{name}', allow: public, parts: {a: {varve: /api/orders}}}";
    TestServer.Plan plan =
        TestServer.Plan.of(AggregateFixture.SCHEMA)
            .with(AggregateFixture.settings(URL, one, other));

    assertThatThrownBy(() -> TestServer.start(plan).close())
        .isInstanceOf(WrongSetting.class)
        .hasMessage(
            "gateway.aggregates[1].path is /page/{name}, as that of another aggregate or route. Choose another");
  }

  @Test
  void aSchemaWithoutWhatAnAggregateReadsIsNotServed() {
    String aggregate = "{path: /page, allow: public, parts: {a: {varve: /api/counters}}}";
    TestServer.Plan plan =
        TestServer.Plan.of(AggregateFixture.SCHEMA).with(AggregateFixture.settings(URL, aggregate));
    try (TestServer server = TestServer.start(plan)) {
      String other = "type Note @model @auth(rules: [{allow: public}]) { text: String! }";
      String renamed =
          AggregateFixture.SCHEMA.replace(
              "type Counter @model", "type Tally @model @renamedFrom(name: \"Counter\")");

      assertThatThrownBy(() -> server.reload(renamed))
          .isInstanceOf(WrongSetting.class)
          .hasMessageStartingWith("gateway.aggregates[0].parts[a].varve is '/api/counters'");
      assertThat(server.get("/page").status()).isEqualTo(200);
      server.reload(AggregateFixture.SCHEMA + other);
      assertThat(server.get("/page").status()).isEqualTo(200);
    }
  }

  @Test
  void whatStandsBesideAnAggregateMayGoToAService() throws IOException {
    try (OtherService service = new OtherService();
        TestServer server = TestServer.start(besideRoute(service, "/echo/**"))) {
      assertThat(server.get("/echo/page/none").status()).isEqualTo(404);
      assertThat(server.get("/echo/page/none/more").text()).contains("/echo/page/none/more");
    }
  }

  @Test
  void aRouteOfTheSamePathIsRefused() throws IOException {
    try (OtherService service = new OtherService()) {
      TestServer.Plan plan = besideRoute(service, "/echo/page/*");

      assertThatThrownBy(() -> TestServer.start(plan).close())
          .isInstanceOf(WrongSetting.class)
          .hasMessage(
              "gateway.aggregates[0].path is /echo/page/{id}, as that of another aggregate or route. Choose another");
    }
  }

  private static TestServer.Plan besideRoute(OtherService service, String route) {
    return TestServer.Plan.of(AggregateFixture.SCHEMA)
        .with(
            GatewayFixture.read(
                """
                gateway:
                  services: {other: {urls: [%s]}}
                  routes: [{path: '%s', to: other, allow: public}]
                  aggregates:
                    - {path: '/echo/page/{id}', allow: public, parts: {a: {varve: '/api/counters/{id}'}}}
                """
                    .formatted(service.url(), route)));
  }
}
