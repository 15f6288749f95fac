package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.settings.WrongSetting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageSettingsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # name   | logo             | accent                 | accentDark | what is wrong
          Garden   | /logo.svg        | red                    | #8cc7e0    | accent is 'red': write a colour as # and six hexadecimal digits
          Garden   | /logo.svg        | #8cc7e0                | #8cc7e0    | accent is '#8cc7e0', whose contrast with #ffffff is 1.8: take a darker one, of 4.5 or more
          Garden   | /logo.svg        | #777777                | #8cc7e0    | accent is '#777777', whose contrast with #ffffff is 4.5: take a darker one, of 4.5 or more
          Garden   | /logo.svg        | #1b5e7a                | #1b5e7a    | accentDark is '#1b5e7a', whose contrast with #12181d is 2.5: take a lighter one, of 4.5 or more
          Garden   | https://a.b/c    | #1b5e7a                | #8cc7e0    | logo is 'https://a.b/c': write a path of this server, such as /logo.svg
          Garden   | //a.b/c          | #1b5e7a                | #8cc7e0    | logo is '//a.b/c': write a path of this server, such as /logo.svg
          Garden   | /../etc/passwd   | #1b5e7a                | #8cc7e0    | logo is '/../etc/passwd': write a path of this server, such as /logo.svg
          Garden   | '/a") url("//b'  | #1b5e7a                | #8cc7e0    | 'logo is ''/a") url("//b'': write a path of this server, such as /logo.svg'
          Garden   | ''               | '#1b5e7a}*{display:none' | #8cc7e0  | accent is '#1b5e7a}*{display:none': write a colour as # and six hexadecimal digits
          """)
  void whatNobodyCouldReadOrWouldLeadElsewhereIsRefused(
      String name, String logo, String accent, String accentDark, String wrong) {
    assertThatThrownBy(() -> new PageSettings(name, logo, accent, accentDark, ""))
        .isInstanceOf(WrongSetting.class)
        .hasMessage(wrong);
  }

  @Test
  void coloursThatAreToldApartAreFine() {
    // the lightest grey that passes on white (WCAG 2.2 has 4.48 for #777777)
    assertThatCode(() -> new PageSettings("Garden", "/a/logo.v2.svg", "#767676", "#7f8a93", ""))
        .doesNotThrowAnyException();
  }
}
