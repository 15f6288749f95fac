package dev.varve.identity.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.net.certificate.TestAuthority;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whether the subject of a certificate is the one that a client is known by (RFC 4514).
class CertificateNamesTest {
  private static final TestAuthority AUTHORITY = new TestAuthority();

  private static boolean isNamed(String subject, String wanted) {
    ClientCertificate client = new ClientCertificate(wanted, "", "", "", "", false);
    assertThat(client.mistakes(false)).isEmpty();
    return client.isNamedBy(AUTHORITY.issueTo(subject).certificate());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CN=bank,O=Bank AG,C=DE         | CN=bank,O=Bank AG,C=DE
          CN=bank,O=Bank AG,C=DE         | cn=BANK, o=bank   ag, c=de
          CN=bank,O=Bank AG,C=DE         | 2.5.4.3=bank,2.5.4.10=Bank AG,2.5.4.6=DE
          CN=bank\\, the first,C=DE      | CN=bank\\2C the first,C=DE
          CN=Lučić                       | CN=Lu\\C4\\8Di\\C4\\87
          CN=bank,2.5.4.97=PSDDE-1       | CN=bank,organizationIdentifier=PSDDE-1
          CN=bank,2.5.4.97=#0c0750534444452d31 | CN=bank,2.5.4.97=PSDDE-1
          UID=7+CN=bank,C=DE             | CN=bank+UID=7,C=DE
          EMAILADDRESS=a@bank.example,C=DE | 1.2.840.113549.1.9.1=a@bank.example,C=DE
          """)
  void itIs(String subject, String wanted) {
    assertThat(isNamed(subject, wanted)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CN=bank,O=Bank AG,C=DE   | C=DE,O=Bank AG,CN=bank
          CN=bank,O=Bank AG,C=DE   | CN=bank,O=Bank AG
          CN=bank,O=Bank AG,C=DE   | O=Bank AG,C=DE
          CN=bank                  | CN=bank,O=Bank AG
          CN=bank,O=Bank AG        | CN=bank+O=Bank AG
          CN=bank\\,O\\=Bank AG    | CN=bank,O=Bank AG
          CN=bank                  | OU=bank
          CN=bank                  | CN=banks
          CN=bank*                 | CN=bank
          CN=#04026261             | CN=ba
          """)
  void itIsNot(String subject, String wanted) {
    assertThat(isNamed(subject, wanted)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bank", "CN", "CN=bank,", "=bank", "X-NONE=bank", "CN=bank\\", ","})
  void whatIsNoNameIsRefused(String wanted) {
    assertThat(new ClientCertificate(wanted, "", "", "", "", false).mistakes(false))
        .singleElement()
        .satisfies(mistake -> assertThat(mistake.field()).isEqualTo("certificate.subjectDn"));
  }
}
