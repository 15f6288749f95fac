package dev.varve.identity.account;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestSourceTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "::ffff:192.0.2.1, 192.0.2.1",
    "::ffff:c000:201, 192.0.2.1",
    "2001:db8:1:2::1, 20010db800010002/64",
    "2001:DB8:1:2:ffff:ffff:ffff:ffff, 20010db800010002/64",
    "2001:0db8:0001:0002:0000:0000:0000:0001, 20010db800010002/64",
    "2001:db8:1:3::1, 20010db800010003/64",
    "fe80::1%eth0, fe80000000000000/64",
    "::1, 0000000000000000/64"
  })
  void attemptsAreCountedForANetworkHoweverItsAddressesAreWritten(String address, String network) {
    assertThat(RequestSource.of("id", address, "").network()).isEqualTo(network);
  }
}
