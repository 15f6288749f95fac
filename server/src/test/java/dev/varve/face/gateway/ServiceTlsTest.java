package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.varve.face.gateway.discovery.DiscoverySettings;
import dev.varve.face.gateway.discovery.NameServer;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.ServiceTls;
import dev.varve.net.certificate.TestAuthority;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Services over TLS: whose certificates are believed, and what they are shown.
final class ServiceTlsTest {
  @TempDir Path folder;

  private final TestAuthority authority = new TestAuthority();
  private HttpsServer service;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(folder.resolve("ca.pem"), TestAuthority.pem(authority.root()));
    authority.issue().write(folder.resolve("me.pem"), folder.resolve("me.key"));
    SSLContext context = authority.client(authority.issue());
    service = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    service.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = context.getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    service.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] answer =
              who((com.sun.net.httpserver.HttpsExchange) exchange).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    service.start();
  }

  private static String who(com.sun.net.httpserver.HttpsExchange exchange) {
    try {
      return "shown " + exchange.getSSLSession().getPeerPrincipal().getName();
    } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
      return "shown nothing";
    }
  }

  @AfterEach
  void stop() {
    service.stop(0);
  }

  private TestServer behind(String host, ServiceTls tls) {
    return GatewayFixture.start(
        new GatewaySettings(
            Map.of(
                "shipping",
                GatewayFixture.with(
                    GatewayFixture.slow(
                        "shipping", "https://" + host + ":" + service.getAddress().getPort()),
                    Map.of("tls", tls))),
            List.of(GatewayFixture.route("/shipping/**"))));
  }

  @Test
  void aServiceOfAnAuthorityThatIsBelievedIsAsked() {
    ServiceTls tls = new ServiceTls("ca.pem", "", "").in(folder);
    try (TestServer server = behind("localhost", tls)) {
      for (int i = 0; i < 3; i++) {
        Reply reply = server.send("POST", "/shipping/x", Map.of(), "x".repeat(50_000));
        assertThat(reply.text()).isEqualTo("shown nothing");
      }
    }
  }

  @Test
  void aServiceIsShownACertificate() {
    ServiceTls tls = new ServiceTls("ca.pem", "me.pem", "me.key").in(folder);
    try (TestServer server = behind("localhost", tls)) {
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").text()).startsWith("shown CN=");
    }
  }

  @Test
  void aServiceOfAnAuthorityThatNobodyKnowsIsNotAsked() {
    try (TestServer server = behind("localhost", ServiceTls.NONE)) {
      Reply reply = server.send("GET", "/shipping/x", Map.of(), "");

      assertThat(reply.status()).isEqualTo(502);
      assertThat(reply.text()).contains("has no certificate that is good here, or speaks no TLS");
    }
  }

  @Test
  void aServiceWithACertificateForAnotherNameIsNotAsked() {
    ServiceTls tls = new ServiceTls("ca.pem", "", "").in(folder);
    try (TestServer server = behind("localhost.localdomain", tls)) {
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").status()).isEqualTo(502);
    }
  }

  /// The certificate is for `localhost`, and for nothing that name servers make of another name.
  @ParameterizedTest(name = "{0} of {1}: {2}")
  @CsvSource({
    "addresses, localhost, 200",
    "addresses, shipping.test, 502",
    "srv, localhost, 200",
    "srv, shipping.test, 502"
  })
  void aHostThatIsFoundProvesTheNameThatItWasFoundBy(String way, String name, int status) {
    int port = service.getAddress().getPort();
    try (NameServer names = NameServer.start()) {
      names.says(
          name + ". 60 A 127.0.0.1",
          "_https._tcp.shipping.test. 60 SRV 0 1 %d %s.".formatted(port, name));
      boolean srv = way.equals("srv");
      DiscoverySettings discovery =
          SettingRecords.changed(
              DiscoverySettings.NONE,
              Map.of(
                  way,
                  srv ? "_https._tcp.shipping.test" : "https://%s:%d".formatted(name, port),
                  "https",
                  srv,
                  "servers",
                  List.of(names.address())));
      ServiceSettings settings =
          GatewayFixture.with(
              GatewayFixture.slow("shipping", "http://127.0.0.1:1"),
              Map.of(
                  "urls",
                  List.of(),
                  "discovery",
                  discovery,
                  "tls",
                  new ServiceTls("ca.pem", "", "").in(folder)));
      try (TestServer server =
          GatewayFixture.start(
              new GatewaySettings(
                  Map.of("shipping", settings), List.of(GatewayFixture.route("/shipping/**"))))) {
        assertThat(server.get("/shipping/x").status()).isEqualTo(status);
      }
    }
  }
}
