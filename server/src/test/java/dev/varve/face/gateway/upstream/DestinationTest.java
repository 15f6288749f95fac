package dev.varve.face.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which addresses are connected to.
final class DestinationTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,               true,  true",
    "10.0.0.5,                true,  true",
    "192.168.1.1,             true,  true",
    "93.184.215.14,           true,  true",
    "::1,                     true,  true",
    "fd12:3456::1,            true,  true",
    "2001:db8::1,             true,  true",
    "169.254.169.254,         false, true",
    "169.254.1.1,             false, true",
    "::ffff:169.254.169.254,  false, true",
    "64:ff9b::a9fe:a9fe,      false, true",
    "fe80::1,                 false, true",
    "febf::1,                 false, true",
    "fd00:ec2::254,           false, true",
    "100.100.100.200,         false, true",
    "192.0.0.192,             false, true",
    "0.0.0.0,                 false, false",
    "::,                      false, false",
    "224.0.0.1,               false, false",
    "ff02::1,                 false, false",
  })
  void metadataOfCloudsIsNotAskedUnlessTheServiceSaysSo(
      String address, boolean standard, boolean linkLocal) {
    InetAddress parsed = InetAddress.ofLiteral(address);

    assertThat(Destination.isAllowed(parsed, false)).isEqualTo(standard);
    assertThat(Destination.isAllowed(parsed, true)).isEqualTo(linkLocal);
  }
}
