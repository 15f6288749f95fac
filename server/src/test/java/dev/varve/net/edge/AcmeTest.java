package dev.varve.net.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Ids;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.net.certificate.AcmeServer;
import dev.varve.net.certificate.AcmeServer.Refusal;
import dev.varve.net.certificate.AcmeSettings;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.certificate.TestAuthority;
import dev.varve.net.certificate.TestCertificates;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Routes;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A certificate from an authority, asked for over the protocol and proven over the listener. One that is issued is good
/// from three hours ago until in three hours, so it is renewed after one.
class AcmeTest {
  private static final TestAuthority AUTHORITY = new TestAuthority();

  @TempDir Path data;

  private final SteppedClock clock = SteppedClock.standing();
  private AcmeServer acme;

  @BeforeEach
  void open() throws IOException {
    acme = new AcmeServer(AUTHORITY, clock);
  }

  @AfterEach
  void close() {
    acme.close();
  }

  private record Server(HttpServer server, Certificates certificates) implements AutoCloseable {
    @Override
    public void close() {
      server.stop();
      certificates.close();
    }
  }

  private Server start(String... domains) {
    AcmeSettings settings =
        new AcmeSettings(List.of(domains), "admin@shop.example", acme.directory(), true);
    Certificates certificates = TestCertificates.open(settings, data, clock);
    Clock wall = Clock.systemUTC();
    HttpSettings http =
        SettingRecords.changed(
            HttpFixture.SETTINGS, Map.of("redirectPort", 0, "tls", TlsSettings.of(settings)));
    HttpServer server =
        HttpServer.start(
            http,
            Routes.builder()
                .get(
                    "/hello",
                    request ->
                        Answer.bytes(200, "text/plain", "hello".getBytes(StandardCharsets.UTF_8)))
                .build(),
            wall,
            new Ids(wall, new SecureRandom()),
            Authentication.NONE,
            Optional.of(certificates));
    acme.looksAt(server.redirectPort().orElseThrow(), server.port());
    return new Server(server, certificates);
  }

  /// What a client is shown that trusts the authority; nothing while nobody can connect.
  private static Optional<X509Certificate> shown(Server server) {
    try (SSLSocket socket =
        (SSLSocket)
            AUTHORITY
                .client()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.server().port())) {
      socket.setSoTimeout(Patience.MILLIS);
      HttpFixture.write(
          socket, "GET /hello HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
      assertThat(HttpFixture.readAll(socket.getInputStream())).endsWith("hello");
      return Optional.of((X509Certificate) socket.getSession().getPeerCertificates()[0]);
    } catch (SSLException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static X509Certificate await(Server server) {
    Patience.until("there is a certificate", () -> shown(server).isPresent());
    return shown(server).orElseThrow();
  }

  private static void awaitOther(Server server, X509Certificate than) {
    Patience.until("it is renewed", () -> !Optional.of(than).equals(shown(server)));
  }

  @Test
  void aCertificateIsIssuedKeptAndRenewedInTime() throws Exception {
    acme.forgetsNonces();
    X509Certificate first;
    try (Server server = start("shop.example", "www.shop.example")) {
      first = await(server);
      assertThat(
              first.getSubjectAlternativeNames().stream()
                  .map(name -> String.valueOf(name.getLast())))
          .containsExactlyInAnyOrder("shop.example", "www.shop.example");
      assertThat(acme.proofs())
          .containsExactlyInAnyOrder("tls-alpn-01 shop.example", "tls-alpn-01 www.shop.example");
      assertThat(server.certificates().trouble()).isEmpty();
      try (Stream<Path> files = Files.list(data.resolve("acme"))) {
        assertThat(files)
            .hasSize(2)
            .allSatisfy(file ->
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------"));
      }
    }
    // another start serves what was kept, and asks nobody
    acme.refuses(Refusal.BROKEN);
    try (Server server = start("shop.example", "www.shop.example")) {
      assertThat(shown(server)).contains(first);
      assertThat(server.certificates().trouble()).isEmpty();
      acme.refuses(Refusal.NONE);
      // two thirds of its life are over
      clock.move(Duration.ofMinutes(61));
      awaitOther(server, first);
      assertThat(acme.accounts()).isEqualTo(1);
    }
  }

  @Test
  void anAuthorityMayLookByPlainRequestsAlone() {
    acme.offers("http-01", "dns-01");
    try (Server server = start("shop.example")) {
      await(server);
      assertThat(acme.proofs()).containsExactly("http-01 shop.example");
    }
  }

  private static String awaitTrouble(Server server, String otherThan) {
    Patience.until(
        "it is told",
        () -> {
          String told = server.certificates().trouble().orElse("");
          return told.contains("it is asked for again at ") && !told.equals(otherThan);
        });
    return server.certificates().trouble().orElseThrow();
  }

  @Test
  void whatFailsIsTriedAgainLaterAndAnotherWay() {
    acme.handshakesAreLost();
    try (Server server = start("shop.example")) {
      // nobody can connect as long as there is no certificate
      awaitTrouble(server, "");
      assertThat(shown(server)).isEmpty();
      assertThat(acme.proofs()).isEmpty();
      Patience.until(
          "it is proven by a plain request",
          () -> {
            clock.move(Duration.ofSeconds(10));
            return !acme.proofs().isEmpty();
          });
      assertThat(acme.proofs()).startsWith("http-01 shop.example");
    }
  }

  @Test
  void theLastGoodCertificateStaysWhateverTheAuthorityDoes() {
    try (Server server = start("shop.example")) {
      X509Certificate good = await(server);
      acme.refuses(Refusal.BROKEN);
      clock.move(Duration.ofMinutes(61));
      String told = awaitTrouble(server, "");
      assertThat(told)
          .startsWith(
              "There is no newer certificate that can be served; the one before stays until %s, and it is asked for again at %s"
                  .formatted(
                      good.getNotAfter().toInstant(), clock.instant().plus(Duration.ofMinutes(5))));
      Duration backOff = Duration.ofMinutes(5);
      for (Refusal refusal : List.of(Refusal.OTHER_NAMES, Refusal.EXPIRED)) {
        acme.refuses(refusal);
        assertThat(shown(server)).contains(good);
        clock.move(backOff);
        backOff = backOff.multipliedBy(2);
        told = awaitTrouble(server, told);
        assertThat(told).endsWith("it is asked for again at " + clock.instant().plus(backOff));
      }
      assertThat(shown(server)).contains(good);
      acme.refuses(Refusal.NONE);
      clock.move(backOff);
      awaitOther(server, good);
      assertThat(server.certificates().trouble()).isEmpty();
    }
  }

  @Test
  void anAuthorityThatSaysWhenIsNotAskedBefore() {
    acme.refuses(Refusal.LIMITED);
    try (Server server = start("shop.example")) {
      String told = awaitTrouble(server, "");
      assertThat(told)
          .startsWith("There is no newer certificate that can be served; nobody can connect, and ");
      Instant again = Instant.parse(told.substring(told.lastIndexOf(' ') + 1));
      // what it said: ten hours
      assertThat(again).isAfter(clock.instant().plus(Duration.ofMinutes(599)));
      assertThat(acme.orders()).isEqualTo(1);
    }
  }
}
