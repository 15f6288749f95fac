package dev.varve.face.gateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What name servers and files say of hosts.
final class HostSourceTest {
  @TempDir private Path folder;
  private NameServer server;

  @BeforeEach
  void start() {
    server = NameServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HostSource source(Map<String, ?> settings) {
    return HostSource.of(SettingRecords.changed(DiscoverySettings.NONE, settings));
  }

  private HostSource srv() {
    return source(Map.of("srv", "_http._tcp.shop.test", "servers", List.of(server.address())));
  }

  private HostSource addresses(String url) {
    return source(Map.of("addresses", url, "servers", List.of(server.address())));
  }

  @Test
  void serviceRecordsSayPortPriorityAndWeight() throws Exception {
    server.says(
        "_http._tcp.shop.test. 30 SRV 20 0 8080 two.test.",
        "_http._tcp.shop.test. 30 SRV 10 3 8081 One.test.",
        "_http._tcp.shop.test. 30 SRV 10 0 8080 gone.test.",
        "one.test. 20 A 127.0.0.1",
        "one.test. 40 AAAA ::1",
        "two.test. 60 CNAME three.test.",
        "three.test. 60 A 127.0.0.3");

    Findings found = srv().ask();

    assertThat(found.urls()).containsExactly("http://one.test:8081", "http://two.test:8080");
    assertThat(found.goodFor()).isEqualTo(Duration.ofSeconds(20));
    HostEntry one = found.hosts().getFirst();
    assertThat(one.priority()).isEqualTo(10);
    assertThat(one.weight()).isEqualTo(300);
    assertThat(one.place().authority()).isEqualTo("one.test:8081");
    assertThat(one.place().addresses())
        .extracting(address -> address.getHostAddress())
        .containsExactly("0:0:0:0:0:0:0:1", "127.0.0.1");
    HostEntry two = found.hosts().getLast();
    assertThat(two.priority()).isEqualTo(20);
    assertThat(two.weight()).isEqualTo(1);
  }

  @Test
  void eachAddressOfANameIsAHostThatIsToldTheName() throws Exception {
    server.says("shop.test. 9 A 127.0.0.2", "shop.test. 7 A 127.0.0.1", "shop.test. 8 AAAA ::1");

    Findings found = addresses("https://shop.test:8443").ask();

    assertThat(found.urls())
        .containsExactly(
            "https://127.0.0.1:8443", "https://127.0.0.2:8443", "https://[0:0:0:0:0:0:0:1]:8443");
    assertThat(found.goodFor()).isEqualTo(Duration.ofSeconds(7));
    assertThat(found.hosts())
        .allSatisfy(host -> {
          assertThat(host.place().name()).isEqualTo("shop.test");
          assertThat(host.place().authority()).isEqualTo("shop.test:8443");
          assertThat(host.place().secure()).isTrue();
        });
  }

  @Test
  void ofMoreHostsThanThereMayBeTheFirstAreKept() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      lines.add("_http._tcp.shop.test. 30 SRV %d 1 80 host%02d.shop.test.".formatted(i / 35, i));
      lines.add("host%02d.shop.test. 30 A 127.0.0.1".formatted(i));
    }
    server.says(lines.toArray(String[]::new));

    Findings found = srv().ask();

    assertThat(found.hosts()).hasSize(Findings.HOSTS_MAX);
    assertThat(found.leftOut()).isEqualTo(6);
    assertThat(found.urls().getLast()).isEqualTo("http://host63.shop.test");
  }

  @Test
  void whoKnowsNothingSaysWhy() {
    assertThatThrownBy(srv()::ask)
        .hasMessage("_http._tcp.shop.test has no SRV records that name a host");
    assertThatThrownBy(addresses("http://shop.test:80")::ask)
        .hasMessage("shop.test has no address");

    server.says("_http._tcp.shop.test. 30 SRV 0 0 0 .");
    assertThatThrownBy(srv()::ask)
        .hasMessage("_http._tcp.shop.test has no SRV records that name a host");

    server.says("_http._tcp.shop.test. 30 SRV 0 0 80 gone.test.");
    assertThatThrownBy(srv()::ask)
        .hasMessage("None of the hosts that _http._tcp.shop.test names has an address");

    server.fails();
    assertThatThrownBy(srv()::ask)
        .hasMessage("The name server failed to answer for _http._tcp.shop.test");

    server.close();
    assertThatThrownBy(srv()::ask)
        .hasMessage("No name server has answered for _http._tcp.shop.test");
  }

  @Test
  void aFileHasAHostOnEachLine() throws Exception {
    Path file = folder.resolve("hosts.txt");
    Files.writeString(
        file, "# in the cellar\n\nhttp://10.0.0.5:8080\r\n  https://shop.test # slow\n");

    Findings found = source(Map.of("file", file.toString())).ask();

    assertThat(found.urls()).containsExactly("http://10.0.0.5:8080", "https://shop.test");
    assertThat(found.hosts()).allMatch(host -> host.place().addresses().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "# nothing        | The file %s names no host",
        "http://a/path    | %s:1: 'http://a/path' is not scheme, host and port, such as http://10.0.0.5:8080",
        "10.0.0.5:8080    | %s:1: '10.0.0.5:8080' is not scheme, host and port, such as http://10.0.0.5:8080",
      })
  void aFileThatIsNoneSaysWhy(String text, String says) throws IOException {
    Path file = folder.resolve("hosts.txt");
    Files.writeString(file, text);
    assertThatThrownBy(source(Map.of("file", file.toString()))::ask)
        .hasMessage(says.formatted(file));
  }

  @Test
  void aFileThatIsNotThereOrEndlessSaysWhy() throws IOException {
    Path file = folder.resolve("hosts.txt");
    HostSource source = source(Map.of("file", file.toString()));
    assertThatThrownBy(source::ask).hasMessage("The file %s is not there", file);
    Files.writeString(file, "#".repeat(70_000));
    assertThatThrownBy(source::ask).hasMessage("The file %s has more than 65,536 bytes", file);
  }

  @ParameterizedTest(name = "an answer that is good for {0} s is asked for again after {1} s")
  @CsvSource({"0,5", "4,5", "6,6", "300,300", "86400,300"})
  void theTimeOfAnAnswerHasBounds(long goodFor, long asked) {
    DiscoverySettings settings =
        SettingRecords.changed(DiscoverySettings.NONE, Map.of("srv", "_http._tcp.shop.test"));
    assertThat(settings.within(Duration.ofSeconds(goodFor))).isEqualTo(Duration.ofSeconds(asked));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.2, 10.0.0.2, 53",
    "127.0.0.1:8600, 127.0.0.1, 8600",
    "::1, 0:0:0:0:0:0:0:1, 53",
    "[::1], 0:0:0:0:0:0:0:1, 53",
    "[::1]:8600, 0:0:0:0:0:0:0:1, 8600",
  })
  void aNameServerIsAnAddressWithOrWithoutPort(String text, String address, int port) {
    assertThat(NameServers.server(text).getAddress().getHostAddress()).isEqualTo(address);
    assertThat(NameServers.server(text).getPort()).isEqualTo(port);
  }
}
