package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.discovery.DiscoverySettings;
import dev.varve.face.gateway.discovery.NameServer;
import dev.varve.face.gateway.resilience.HealthSettings;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Services whose hosts come and go while requests do, behind a whole server.
final class DiscoveryTest {
  private static final Duration SOON = Duration.ofMillis(100);

  @TempDir private Path folder;
  private NameServer names;
  private CountingUpstream one;
  private CountingUpstream two;
  private CountingUpstream three;

  @BeforeEach
  void start() {
    names = NameServer.start();
    one = CountingUpstream.start("one");
    two = CountingUpstream.start("two");
    three = CountingUpstream.start("three");
  }

  @AfterEach
  void stop() {
    Stream.of(names, one, two, three).forEach(DiscoveryTest::close);
  }

  private static void close(AutoCloseable open) {
    try {
      open.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private DiscoverySettings srv() {
    return SettingRecords.changed(
        DiscoverySettings.NONE,
        Map.of(
            "srv",
            "_http._tcp.shipping.test",
            "servers",
            List.of(names.address()),
            "soonest",
            SOON,
            "latest",
            SOON));
  }

  private static ServiceSettings found(String name, DiscoverySettings discovery) {
    return SettingRecords.changed(
        GatewayFixture.slow(name, "http://127.0.0.1:1"),
        Map.of("urls", List.of(), "discovery", discovery));
  }

  private static Plan plan(ServiceSettings service) {
    RouteSettings route = GatewayFixture.route("/shipping/**", Map.of("to", service.name()));
    return Plan.of(GatewayFixture.SCHEMA)
        .with(new GatewaySettings(Map.of(service.name(), service), List.of(route)));
  }

  /// The records of these at 127.0.0.1, all alike.
  private void names(CountingUpstream... hosts) {
    List<String> lines = new ArrayList<>();
    for (CountingUpstream host : hosts) {
      lines.add(srvOf(host, 0, 1));
    }
    lines.add("host.test. 1 A 127.0.0.1");
    names.says(lines.toArray(String[]::new));
  }

  private static String srvOf(CountingUpstream host, int priority, int weight) {
    return "_http._tcp.shipping.test. 1 SRV %d %d %d host.test."
        .formatted(priority, weight, URI.create(host.url()).getPort());
  }

  private static String urlOf(CountingUpstream host) {
    return "http://host.test:" + URI.create(host.url()).getPort();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> standing(TestServer server) {
    Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(server.get("/health/services").json());
    Map<?, ?> services = (Map<?, ?>) Objects.requireNonNull(body.get("services"));
    return (Map<String, Object>) Objects.requireNonNull(services.values().iterator().next());
  }

  private static List<String> urls(TestServer server) {
    List<?> hosts = (List<?>) Objects.requireNonNull(standing(server).get("hosts"));
    return hosts.stream().map(host -> String.valueOf(((Map<?, ?>) host).get("url"))).toList();
  }

  private static String discovery(TestServer server, String member) {
    Map<?, ?> discovery = (Map<?, ?>) Objects.requireNonNull(standing(server).get("discovery"));
    return String.valueOf(discovery.get(member));
  }

  private static void ask(TestServer server, int times) {
    for (int i = 0; i < times; i++) {
      Reply reply = server.get("/shipping/x");
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }
  }

  @Test
  void hostsComeAndGoAndThoseThatStayKeepTheirConnections() {
    names(one, two);
    ServiceSettings service =
        SettingRecords.changed(
            found("moving", srv()),
            Map.of(
                "health",
                new HealthSettings("/health", Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1)));
    try (TestServer server = TestServer.start(plan(service));
        ServiceLog log = ServiceLog.of("moving")) {
      ask(server, 6);
      assertThat(one.answered()).isPositive();
      assertThat(two.answered()).isPositive();
      assertThat(urls(server)).containsExactlyInAnyOrder(urlOf(one), urlOf(two));

      names(two, three);
      Patience.until("the other host is known", () -> urls(server).contains(urlOf(three)));
      int before = one.answered();
      ask(server, 6);

      assertThat(one.answered()).isEqualTo(before);
      assertThat(three.answered()).isPositive();
      // one for requests, one for checks
      assertThat(two.accepted()).isLessThanOrEqualTo(2);
      Patience.until("its connections end", () -> one.connections() == 0);
      Patience.until("both are told", () -> log.kinds().size() >= 2);
      assertThat(log.kinds()).containsExactlyInAnyOrder("HOST_JOINED", "HOST_LEFT");
      assertThat(standing(server)).containsEntry("status", "UP");
      assertThat(server.get("/metrics").text())
          .contains("varve_gateway_hosts{service=\"moving\"} 2.0");
    }
  }

  @Test
  void anAnswerThatFailsOrIsEmptyKeepsTheLastHosts() {
    names(one);
    try (TestServer server = TestServer.start(plan(found("kept", srv())));
        ServiceLog log = ServiceLog.of("kept")) {
      ask(server, 1);
      assertThat(discovery(server, "status")).isEqualTo("WORKING");

      names.says();
      Patience.until("it is told", () -> log.kinds().contains("DISCOVERY_FAILED"));
      ask(server, 2);
      assertThat(standing(server)).containsEntry("status", "DEGRADED");
      assertThat(discovery(server, "status")).isEqualTo("FAILING");
      // who has asked for hosts before, and for their addresses now, says first that those have
      // none
      String none = "_http._tcp.shipping.test has no SRV records that name a host";
      Patience.until("it says why", () -> discovery(server, "what").equals(none));
      assertThat(server.get("/metrics").text())
          .doesNotContain("varve_gateway_discovery_failures_total{service=\"kept\"} 0.0")
          .contains("varve_gateway_discovery_failures_total{service=\"kept\"}");

      names.fails();
      Patience.until("it is told", () -> discovery(server, "what").contains("failed to answer"));
      ask(server, 2);

      names(two);
      Patience.until("it is found again", () -> urls(server).equals(List.of(urlOf(two))));
      ask(server, 1);
      assertThat(two.answered()).isEqualTo(1);
      Patience.until("it is told", () -> log.kinds().contains("DISCOVERY_RECOVERED"));
      assertThat(log.kinds()).startsWith("DISCOVERY_FAILED");
      Map<?, ?> failed = log.lines().getFirst();
      assertThat(failed.get("state")).isEqualTo("FAILING");
      assertThat(failed.keySet().toString()).isEqualTo("[kind, at, service, state, since, what]");
      assertThat(String.valueOf(standing(server).get("events"))).contains("DISCOVERY_RECOVERED");
    }
  }

  @Test
  void aServiceWithoutAHostIsAskedAsSoonAsOneIsFound() {
    try (TestServer server = TestServer.start(plan(found("late", srv())))) {
      Reply none = server.get("/shipping/x");
      assertThat(none.status()).isEqualTo(502);
      assertThat(none.text()).contains("The service 'late' has no host that anybody knows of");
      assertThat(standing(server)).containsEntry("status", "DOWN");

      names(one);
      Patience.until("it is found", () -> urls(server).equals(List.of(urlOf(one))));
      ask(server, 1);
    }
  }

  @Test
  void hostsOfALaterPriorityAreAskedWhenNoEarlierOneMayBe() {
    names.says(srvOf(one, 10, 1), srvOf(two, 20, 1), "host.test. 1 A 127.0.0.1");
    try (TestServer server = TestServer.start(plan(found("ranked", srv())))) {
      ask(server, 5);
      assertThat(one.answered()).isEqualTo(5);

      one.close();
      // it may answer on a connection that it has not closed yet
      Patience.until(
          "the other is asked",
          () -> {
            ask(server, 1);
            return two.answered() > 0;
          });
      int before = two.answered();
      ask(server, 8);
      assertThat(two.answered()).isEqualTo(before + 8);
    }
  }

  @Test
  void addressesThatAreNeverAskedAreNotAskedWhoeverNamesThem() {
    names.says(
        "_http._tcp.shipping.test. 1 SRV 0 1 80 metadata.test.",
        "metadata.test. 1 A 169.254.169.254",
        "metadata.test. 1 AAAA fe80::1");
    try (TestServer server = TestServer.start(plan(found("lured", srv())))) {
      Reply refused = server.get("/shipping/x");
      assertThat(refused.status()).isEqualTo(502);
      assertThat(refused.text()).contains("is at an address that is never asked");
    }
  }

  @Test
  void eachAddressOfANameIsAHost() {
    int port = URI.create(one.url()).getPort();
    names.says("shipping.test. 1 A 127.0.0.1", "shipping.test. 1 A 127.0.0.2");
    DiscoverySettings addresses =
        SettingRecords.changed(
            srv(), Map.of("srv", "", "addresses", "http://shipping.test:" + port));
    try (TestServer server = TestServer.start(plan(found("addressed", addresses)))) {
      // nobody listens at the other
      ask(server, 4);
      assertThat(urls(server))
          .containsExactly("http://127.0.0.1:" + port, "http://127.0.0.2:" + port);
      assertThat(discovery(server, "source")).isEqualTo("the addresses of shipping.test");
    }
  }

  @Test
  void aFileIsReadAgainWhenItChanges() throws IOException {
    Path file = folder.resolve("hosts.txt");
    Files.writeString(file, one.url() + "\n");
    DiscoverySettings inFile =
        SettingRecords.changed(DiscoverySettings.NONE, Map.of("file", file.toString()));
    try (TestServer server = TestServer.start(plan(found("written", inFile)))) {
      ask(server, 1);
      assertThat(one.answered()).isEqualTo(1);

      Files.writeString(file, "# moved\n%s\n".formatted(two.url()));
      Patience.until("it is read", () -> urls(server).equals(List.of(two.url())));
      ask(server, 1);
      assertThat(two.answered()).isEqualTo(1);

      Files.writeString(file, "nonsense");
      Patience.until("it is read", () -> discovery(server, "status").equals("FAILING"));
      assertThat(discovery(server, "what")).contains(file + ":1: 'nonsense'");
      ask(server, 1);
    }
  }

  @Test
  void aReloadKeepsTheHostsThatWereFound() {
    names(one);
    try (TestServer server = TestServer.start(plan(found("again", srv())))) {
      ask(server, 1);
      names.fails();

      server.reload(
          plan(SettingRecords.changed(found("again", srv()), Map.of("connectionsMax", 7))));

      assertThat(urls(server)).containsExactly(urlOf(one));
      ask(server, 1);
      assertThat(one.answered()).isEqualTo(2);
    }
  }
}
