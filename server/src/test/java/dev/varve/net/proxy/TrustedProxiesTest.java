package dev.varve.net.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Problem;
import dev.varve.net.certificate.TestAuthority;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.edge.HttpSettings;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Routes;
import dev.varve.net.http.ShownCertificate;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.WritableHeaders;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a request comes from, with and without proxies in between.
final class TrustedProxiesTest {

  private static Sender client(
      String trusted, ProxyHeaders read, String peer, WritableHeaders<?> headers) {
    List<String> addresses = trusted.isEmpty() ? List.of() : List.of(trusted.split(" ", -1));
    return TrustedProxies.of(addresses, read, ProxyCertificates.NONE)
        .client(new Sender(peer, "http", "inner:8080"), headers);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                          | 10.0.0.1    | 192.0.2.7                         | 10.0.0.1
          10.0.0.1                    | 10.0.0.2    | 192.0.2.7                         | 10.0.0.2
          10.0.0.1                    | 10.0.0.1    | 192.0.2.7                         | 192.0.2.7
          10.0.0.1                    | 10.0.0.1    | ''                                | 10.0.0.1
          10.0.0.0/8                  | 10.9.8.7    | 192.0.2.7                         | 192.0.2.7
          10.0.0.0/9                  | 10.128.0.1  | 192.0.2.7                         | 10.128.0.1
          10.0.0.0/9                  | 10.127.0.1  | 192.0.2.7                         | 192.0.2.7
          0.0.0.0/0                   | 10.127.0.1  | 192.0.2.7                         | 192.0.2.7
          10.0.0.1                    | 10.0.0.1    | 198.51.100.1, 192.0.2.7           | 192.0.2.7
          10.0.0.0/8 172.16.0.1       | 10.0.0.1    | 198.51.100.1, 192.0.2.7,172.16.0.1| 192.0.2.7
          10.0.0.0/8                  | 10.0.0.1    | 10.0.0.3, 10.0.0.2                | 10.0.0.3
          10.0.0.1                    | 10.0.0.1    | 192.0.2.7, unknown                | 10.0.0.1
          10.0.0.0/8                  | 10.0.0.1    | 192.0.2.7, _hidden, 10.0.0.2      | 10.0.0.2
          10.0.0.1                    | 10.0.0.1    | 192.0.2.7:4711                    | 192.0.2.7
          10.0.0.1                    | 10.0.0.1    | [2001:db8::7]:4711                | 2001:db8:0:0:0:0:0:7
          10.0.0.1                    | 10.0.0.1    | 2001:db8::7                       | 2001:db8:0:0:0:0:0:7
          2001:db8::/32               | 2001:db8::1 | 192.0.2.7                         | 192.0.2.7
          2001:db8::/32               | 10.0.0.1    | 192.0.2.7                         | 10.0.0.1
          10.0.0.1                    | ::ffff:10.0.0.1 | 192.0.2.7                     | 192.0.2.7
          """)
  void theClientIsWhoeverAskedTheOutermostTrustedProxy(
      String trusted, String peer, String forwardedFor, String client) {
    WritableHeaders<?> headers = WritableHeaders.create();
    if (!forwardedFor.isEmpty()) {
      headers.set(HeaderNames.X_FORWARDED_FOR, forwardedFor);
    }
    assertThat(client(trusted, ProxyHeaders.X_FORWARDED, peer, headers).address())
        .isEqualTo(client);
  }

  /// Peer 10.0.0.1 and all of 10.0.0.0/8 are trusted. `-` is no header; `//` parts lines of one header.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10.0.0.1  | 192.0.2.7           | https       | shop.example       | -    | 192.0.2.7 https://shop.example
          10.0.0.1  | 192.0.2.7           | http        | shop.example       | -    | 192.0.2.7 http://shop.example
          10.0.0.1  | 192.0.2.7           | HTTPS       | shop.example:443   | -    | 192.0.2.7 https://shop.example
          10.0.0.1  | 192.0.2.7           | https       | shop.example:8443  | -    | 192.0.2.7 https://shop.example:8443
          10.0.0.1  | 192.0.2.7           | https       | shop.example       | 8443 | 192.0.2.7 https://shop.example:8443
          10.0.0.1  | 192.0.2.7           | https       | shop.example       | 443  | 192.0.2.7 https://shop.example
          10.0.0.1  | 192.0.2.7           | https       | shop.example:9     | 8443 | 192.0.2.7 https://shop.example:9
          10.0.0.1  | 192.0.2.7           | https       | [2001:db8::1]      | 8443 | 192.0.2.7 https://[2001:db8::1]:8443
          10.0.0.1  | -                   | https       | shop.example       | -    | 10.0.0.1 https://shop.example
          10.0.0.1  | 192.0.2.7           | -           | -                  | -    | 192.0.2.7 http://inner:8080
          10.0.0.1  | 192.0.2.7           | gopher      | shop.example/x     | x    | 192.0.2.7 http://inner:8080
          10.0.0.1  | 192.0.2.7           | https       | evil.example@x     | 1234567 | 192.0.2.7 https://inner:8080
          10.0.0.1  | 192.0.2.7           | https       | a b                | -    | 192.0.2.7 https://inner:8080
          10.0.0.1  | 192.0.2.7           | https, http | evil.example, shop.example | - | 192.0.2.7 http://shop.example
          10.0.0.1  | 192.0.2.7, 10.0.0.2 | https, http | shop.example, inner.example | - | 192.0.2.7 https://shop.example
          10.0.0.1  | 192.0.2.7, 10.0.0.2 | https       | shop.example       | -    | 192.0.2.7 https://shop.example
          10.0.0.1  | 198.51.100.1, 192.0.2.7, 10.0.0.2 | http, https, http | evil.example, shop.example, inner.example | - | 192.0.2.7 https://shop.example
          10.0.0.1  | 192.0.2.7           | http//https | evil.example//shop.example | - | 192.0.2.7 https://shop.example
          10.0.0.1  | 192.0.2.7, unknown  | https       | shop.example       | -    | 10.0.0.1 https://shop.example
          192.0.2.9 | 192.0.2.7           | https       | shop.example       | 8443 | 192.0.2.9 http://inner:8080
          """)
  void howARequestWasSentIsToldByTrustedProxiesAlone(
      String peer, String address, String proto, String host, String port, String seen) {
    WritableHeaders<?> headers = WritableHeaders.create();
    set(headers, HeaderNames.X_FORWARDED_FOR, address);
    set(headers, HeaderNames.X_FORWARDED_PROTO, proto);
    set(headers, HeaderNames.X_FORWARDED_HOST, host);
    set(headers, HeaderNames.X_FORWARDED_PORT, port);
    set(headers, HeaderNames.FORWARDED, "for=203.0.113.1;proto=https;host=other.example");
    assertThat(shown(client("10.0.0.0/8", ProxyHeaders.X_FORWARDED, peer, headers)))
        .isEqualTo(seen);
    assertThat(shown(client("10.0.0.0/8", ProxyHeaders.NONE, peer, headers)))
        .isEqualTo(peer + " http://inner:8080");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          10.0.0.1  | for=192.0.2.7;proto=https;host=shop.example            | 192.0.2.7 https://shop.example
          10.0.0.1  | For=192.0.2.7; Proto=HTTPS; Host="shop.example:8443"   | 192.0.2.7 https://shop.example:8443
          10.0.0.1  | for="[2001:db8::7]:4711";proto=https;host=shop.example | 2001:db8:0:0:0:0:0:7 https://shop.example
          10.0.0.1  | for="192.0.2.7:4711"                                   | 192.0.2.7 http://inner:8080
          10.0.0.1  | for=198.51.100.1;proto=http;host=evil.example, for=192.0.2.7;proto=https;host=shop.example | 192.0.2.7 https://shop.example
          10.0.0.1  | for=192.0.2.7;proto=https;host=shop.example, for=10.0.0.2;proto=http;host=inner.example | 192.0.2.7 https://shop.example
          10.0.0.1  | for=198.51.100.1;proto=http//for=192.0.2.7;proto=https;host=shop.example | 192.0.2.7 https://shop.example
          10.0.0.1  | proto=https;host=shop.example                          | 10.0.0.1 https://shop.example
          10.0.0.1  | for=_hidden;proto=https;host=shop.example              | 10.0.0.1 https://shop.example
          10.0.0.1  | for=unknown;proto=https                                | 10.0.0.1 https://inner:8080
          10.0.0.1  | for=192.0.2.7;by=10.0.0.1;extra="a;b,c";proto=https    | 192.0.2.7 https://inner:8080
          10.0.0.1  | for="192.0.2.\\7";proto=https                          | 192.0.2.7 https://inner:8080
          10.0.0.1  | proto=https;host=evil.example;for="x, for=192.0.2.7;proto=http | 10.0.0.1 http://inner:8080
          10.0.0.1  | for=192.0.2.7;host=evil.example/x;proto=ftp            | 192.0.2.7 http://inner:8080
          10.0.0.1  | nonsense                                               | 10.0.0.1 http://inner:8080
          10.0.0.1  | ,,                                                     | 10.0.0.1 http://inner:8080
          10.0.0.1  | -                                                      | 10.0.0.1 http://inner:8080
          192.0.2.9 | for=192.0.2.7;proto=https;host=shop.example            | 192.0.2.9 http://inner:8080
          """)
  void theHeaderForwardedIsReadAsRfc7239HasIt(String peer, String forwarded, String seen) {
    WritableHeaders<?> headers = WritableHeaders.create();
    set(headers, HeaderNames.FORWARDED, forwarded);
    set(headers, HeaderNames.X_FORWARDED_FOR, "203.0.113.1");
    set(headers, HeaderNames.X_FORWARDED_HOST, "other.example");
    assertThat(shown(client("10.0.0.0/8", ProxyHeaders.FORWARDED, peer, headers))).isEqualTo(seen);
  }

  private static void set(WritableHeaders<?> headers, HeaderName name, String lines) {
    if (!lines.equals("-")) {
      headers.set(HeaderValues.create(name, List.of(lines.split("//", -1))));
    }
  }

  private static String shown(Sender client) {
    return client.address() + " " + client.origin();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "proxy.example",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/x",
        "10.0.0.1,",
        "::/129"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() ->
            TrustedProxies.of(
                List.of("10.0.0.1", text), ProxyHeaders.X_FORWARDED, ProxyCertificates.NONE))
        .isInstanceOf(WrongSetting.class)
        .hasMessage(
            "trustedProxies[1] is '%s', which is neither an address nor a network such as 10.0.0.0/8"
                .formatted(text));
  }

  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final ShownCertificate TOLD =
      ShownCertificate.of(AUTHORITY.issueTo("CN=told").certificate(), true);
  private static final ShownCertificate SHOWN =
      ShownCertificate.of(AUTHORITY.issueTo("CN=shown").certificate(), true);

  private static Optional<ShownCertificate> certificate(
      ProxyCertificates read, String peer, WritableHeaders<?> headers) {
    return TrustedProxies.of(List.of("10.0.0.1"), ProxyHeaders.X_FORWARDED, read)
        .certificate(peer, Optional.of(SHOWN), headers);
  }

  private static WritableHeaders<?> telling() throws CertificateEncodingException {
    WritableHeaders<?> headers = WritableHeaders.create();
    headers.set(
        HeaderNames.create("Client-Cert"),
        ":%s:".formatted(Base64.getEncoder().encodeToString(TOLD.certificate().getEncoded())));
    return headers;
  }

  /// 10.0.0.1 is trusted.
  @ParameterizedTest
  @CsvSource({
    "NONE,     10.0.0.1, nothing",
    "VERIFIED, 10.0.0.1, vouched",
    "ANY,      10.0.0.1, unvouched",
    "NONE,     10.0.0.2, shown",
    "VERIFIED, 10.0.0.2, shown",
    "ANY,      10.0.0.2, shown",
  })
  void theCertificateIsWhatATrustedProxyTellsAndNotItsOwn(
      ProxyCertificates read, String peer, String whose) throws Exception {
    Optional<ShownCertificate> expected =
        switch (whose) {
          case "vouched" -> Optional.of(TOLD);
          case "unvouched" ->
              Optional.of(new ShownCertificate(TOLD.certificate(), false, TOLD.thumbprint()));
          case "shown" -> Optional.of(SHOWN);
          default -> Optional.empty();
        };
    assertThat(certificate(read, peer, telling())).isEqualTo(expected);
    assertThat(certificate(read, peer, WritableHeaders.create()))
        .as("a proxy tells of none")
        .isEqualTo(peer.equals("10.0.0.1") ? Optional.empty() : Optional.of(SHOWN));
  }

  @Test
  void twoCertificatesAreNone() throws Exception {
    WritableHeaders<?> two = telling();
    String one = two.get(HeaderNames.create("Client-Cert")).get();
    two.set(HeaderNames.create("Client-Cert"), one, one);
    assertThatThrownBy(() -> certificate(ProxyCertificates.VERIFIED, "10.0.0.1", two))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("Client-Cert");
    assertThat(certificate(ProxyCertificates.VERIFIED, "10.0.0.2", two))
        .as("of others it is not read")
        .contains(SHOWN);
  }

  @Test
  void requestsComeFromWhereATrustedProxySays() throws Exception {
    assertThat(seen("127.0.0.0/8 ::1")).isEqualTo("192.0.2.7 of 192.0.2.7");
    assertThat(seen("192.0.2.1")).startsWith("127.0.0.1 ");
    assertThat(seen("")).startsWith("127.0.0.1 ");
  }

  private static String seen(String trusted) throws Exception {
    HttpSettings settings =
        HttpFixture.settings(
            "127.0.0.1", 0, 10_000, 4_096, 1_024, 8, 8, 1_000, 100, 60, 30, 60, 10, trusted);
    Routes.Builder routes = Routes.builder().get("/who", request -> who(request));
    try (HttpFixture fixture = new HttpFixture(settings, routes)) {
      return fixture
          .client()
          .send(
              fixture
                  .to("/who")
                  .header("X-Forwarded-For", "198.51.100.1")
                  .header("X-Forwarded-For", "198.51.100.2, 192.0.2.7")
                  .build(),
              java.net.http.HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static final byte[] VERSION_2 = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };

  /// The address and port of a client, in version 2 (proxy-protocol.txt, section 2.2).
  private static byte[] version2(int command, int... address) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(VERSION_2);
    bytes.write(0x20 | command);
    bytes.write(address.length == 4 ? 0x11 : 0x21);
    bytes.write(0);
    bytes.write(2 * address.length + 4);
    for (int i = 0; i < 2; i++) {
      for (int octet : address) {
        bytes.write(octet);
      }
    }
    bytes.writeBytes(new byte[] {0x12, 0x67, 0x1F, (byte) 0x90});
    return bytes.toByteArray();
  }

  private static String overProxyProtocol(HttpFixture http, byte[] beginning) throws Exception {
    try (Socket socket = http.socket()) {
      socket.getOutputStream().write(beginning);
      HttpFixture.write(
          socket, HttpFixture.lines("GET /who HTTP/1.1", "Host: x", "Connection: close", ""));
      String answer = HttpFixture.readAll(socket.getInputStream());
      return answer.isEmpty() ? "" : answer.substring(answer.indexOf("\r\n\r\n") + 4);
    } catch (SocketException reset) {
      return "";
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static HttpFixture speaking(String trusted) {
    return new HttpFixture(
        SettingRecords.changed(
            HttpFixture.SETTINGS,
            Map.of("trustedProxies", List.of(trusted), "proxyProtocol", true)),
        Routes.builder().get("/who", request -> who(request)));
  }

  private static Answer who(Request request) {
    return Answer.bytes(
        200,
        "text/plain",
        (request.remoteAddress() + " of " + request.network()).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theProxyProtocolTellsWhoTheClientIs() throws Exception {
    try (HttpFixture http = speaking("127.0.0.1")) {
      assertThat(overProxyProtocol(http, ascii("PROXY TCP4 192.0.2.7 127.0.0.1 4711 8080\r\n")))
          .isEqualTo("192.0.2.7 of 192.0.2.7");
      assertThat(overProxyProtocol(http, ascii("PROXY TCP6 2001:db8::7 ::1 4711 8080\r\n")))
          .isEqualTo("2001:db8:0:0:0:0:0:7 of 20010db800000000/64");
      assertThat(overProxyProtocol(http, ascii("PROXY UNKNOWN\r\n")))
          .isEqualTo("127.0.0.1 of 127.0.0.1");
      assertThat(overProxyProtocol(http, version2(1, 192, 0, 2, 7)))
          .isEqualTo("192.0.2.7 of 192.0.2.7");
      assertThat(
              overProxyProtocol(
                  http, version2(1, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7)))
          .isEqualTo("2001:db8:0:0:0:0:0:7 of 20010db800000000/64");
      assertThat(overProxyProtocol(http, version2(0, 192, 0, 2, 7)))
          .isEqualTo("127.0.0.1 of 127.0.0.1");
    }
  }

  @Test
  void whoIsNotTrustedOrDoesNotSpeakTheProxyProtocolIsClosed() throws Exception {
    try (HttpFixture http = speaking("192.0.2.1")) {
      assertThat(overProxyProtocol(http, ascii("PROXY TCP4 192.0.2.7 127.0.0.1 4711 8080\r\n")))
          .isEmpty();
    }
    try (HttpFixture http = speaking("127.0.0.1")) {
      assertThat(overProxyProtocol(http, new byte[0])).isEmpty();
    }
    assertThatThrownBy(
            () -> SettingRecords.changed(HttpFixture.SETTINGS, Map.of("proxyProtocol", true)))
        .hasMessage(
            "proxyProtocol is true, but trustedProxies names nobody who may speak it. Name the proxies, or set it to false");
  }
}
