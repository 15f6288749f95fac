package dev.varve.net.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.settings.WrongSetting;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever names a server reaches through this one nothing but what everybody can reach.
class OutgoingCallsTest {
  private static NamedServer server;

  @BeforeAll
  static void start() {
    server = NamedServer.start("client.example");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply get(OutgoingCalls calls, String url) throws CallFailed {
    return calls.send(Call.get(URI.create(url), "application/json", 100));
  }

  private static String text(Reply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void noCallGoesToWhatIsNotPublic(String literal) {
    OutgoingCalls calls =
        OutgoingCalls.of(OutgoingSettings.DEFAULT, _ -> List.of(address(literal)));
    assertThatThrownBy(() -> get(calls, server.url("/")))
        .isInstanceOf(CallFailed.class)
        .hasMessageContaining("not one that everybody can reach");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"})
  void whatIsPublicMayBeCalled(String literal) {
    assertThat(new ReachableAddresses(List.of()).contains(address(literal))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://localhost/x"
      })
  void noWayToWriteThisMachineLeadsToIt(String url) {
    OutgoingCalls calls = OutgoingCalls.of(OutgoingSettings.DEFAULT);
    assertThatThrownBy(() -> get(calls, url)).isInstanceOf(CallFailed.class);
  }

  @Test
  void oneAddressThatMayNotBeCalledIsOneTooMany() {
    OutgoingCalls calls =
        OutgoingCalls.of(
            OutgoingSettings.DEFAULT, _ -> List.of(address("8.8.8.8"), address("127.0.0.1")));
    assertThatThrownBy(() -> get(calls, server.url("/"))).isInstanceOf(CallFailed.class);
  }

  /// DNS rebinding: the second answer would lead elsewhere.
  @Test
  void aNameIsLookedUpOnceAndTheConnectionGoesThere() throws Exception {
    server.gives("/once", "application/json", "{}");
    Deque<List<InetAddress>> answers =
        new ArrayDeque<>(List.of(List.of(address("127.0.0.1")), List.of(address("10.0.0.1"))));
    OutgoingCalls calls = OutgoingCalls.of(server.settings(), _ -> answers.remove());
    Reply reply = get(calls, "https://client.example:%d/once".formatted(server.port()));
    assertThat(text(reply)).isEqualTo("{}");
    assertThat(reply.mediaType()).isEqualTo("application/json");
    assertThat(answers).hasSize(1);
  }

  @Test
  void theCertificateHasToBeGoodForTheName() {
    OutgoingCalls calls = OutgoingCalls.of(server.settings(), _ -> List.of(address("127.0.0.1")));
    int asked = server.asked().size();
    assertThatThrownBy(() -> get(calls, "https://other.example:%d/".formatted(server.port())))
        .isInstanceOf(CallFailed.class);
    assertThat(server.asked()).hasSize(asked);
  }

  @Test
  void withoutTlsOnlyOwnNetworksAreCalled() {
    OutgoingCalls calls =
        OutgoingCalls.of(OutgoingSettings.DEFAULT, _ -> List.of(address("8.8.8.8")));
    assertThatThrownBy(() -> get(calls, "http://client.example/"))
        .isInstanceOf(CallFailed.class)
        .hasMessageContaining("not https");
  }

  @Test
  void aRedirectIsAnAnswerAndNobodyGoesThere() throws CallFailed {
    server.answers(
        "/moved",
        "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
            .formatted(server.url("/elsewhere")));
    Reply reply = get(OutgoingCalls.of(server.settings()), server.url("/moved"));
    assertThat(reply.status()).isEqualTo(302);
    assertThat(server.asked()).noneMatch(line -> line.contains("/elsewhere"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          HTTP/1.1 200 OK~Content-Length: 2~~hi | hi
          HTTP/1.1 200 OK~~hi | hi
          HTTP/1.1 200 OK~Transfer-Encoding: chunked~~1~h~1;a=b~i~0~~ | hi
          HTTP/1.1 103 Early Hints~Link: x~~HTTP/1.1 200 OK~Content-Length: 2~~hi | hi
          """)
  void answersAreRead(String answer, String body) throws CallFailed {
    server.answers("/read", answer.replace("~", "\r\n"));
    assertThat(text(get(OutgoingCalls.of(server.settings()), server.url("/read")))).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense~~",
        "HTTP/1.1 abc OK~~",
        "HTTP/1.1 200 OK~no colon~~",
        "HTTP/1.1 200 OK~Content-Length: -1~~",
        "HTTP/1.1 200 OK~Content-Length: 5~~hi",
        "HTTP/1.1 200 OK~Content-Length: 101~~hi",
        "HTTP/1.1 200 OK~Content-Length: 99999999999999999999~~hi",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~80000000~hi",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ffff~hi",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~-1~hi",
        "HTTP/1.1 200 OK~Transfer-Encoding: gzip~~hi",
        "HTTP/1.1 200 OK~Content-Encoding: gzip~Content-Length: 2~~hi"
      })
  void whatIsNoAnswerIsNone(String answer) {
    server.answers("/broken", answer.replace("~", "\r\n"));
    OutgoingCalls calls = OutgoingCalls.of(server.settings());
    assertThatThrownBy(() -> get(calls, server.url("/broken"))).isInstanceOf(CallFailed.class);
  }

  @Test
  void noMoreIsReadThanIsAskedFor() {
    server.answers("/large", "HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(200_000));
    OutgoingCalls calls = OutgoingCalls.of(server.settings());
    assertThatThrownBy(() -> get(calls, server.url("/large")))
        .isInstanceOf(CallFailed.class)
        .hasMessageContaining("larger than 100 bytes");
    server.answers("/head", "HTTP/1.1 200 OK\r\nX: " + "x".repeat(200_000));
    assertThatThrownBy(() -> get(calls, server.url("/head"))).isInstanceOf(CallFailed.class);
  }

  @Test
  void aServerThatSaysNothingKeepsNobodyWaiting() {
    server.answers("/silent", "");
    OutgoingSettings settings = server.settings();
    OutgoingCalls calls =
        OutgoingCalls.of(new OutgoingSettings(settings.networks(), settings.ca(), 1));
    assertThatThrownBy(() -> get(calls, server.url("/silent")))
        .isInstanceOf(CallFailed.class)
        .hasMessageContaining("in time");
  }

  @Test
  void aNetworkThatIsNoneIsNamed() {
    assertThatThrownBy(() -> new OutgoingSettings(List.of("10.0.0.0/8", "10.0.0.0/33"), "", 5))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("networks[1]")
        .hasMessageContaining("10.0.0.0/33");
  }
}
