package dev.varve.face.auth;

import static dev.varve.face.auth.People.ADA;
import static dev.varve.face.auth.People.PASSWORD;
import static dev.varve.face.auth.People.signIn;
import static dev.varve.face.auth.People.signUp;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.mail.MailEncryption;
import dev.varve.identity.mail.MailSettings;
import dev.varve.identity.token.Secrets;
import dev.varve.node.TestServer;
import dev.varve.settings.SettingRecords;
import jakarta.mail.internet.MimeMessage;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Mails over a real mail server.
class MailTest {
  private static final String SECRET = "mail-server-secret";

  private GreenMail mailServer;

  @BeforeEach
  void start() {
    mailServer = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mailServer.setUser("shop@example.com", "shop", SECRET);
    mailServer.start();
  }

  @AfterEach
  void stop() {
    mailServer.stop();
  }

  private MailSettings settings(MailEncryption encryption) {
    return new MailSettings(
        "127.0.0.1", mailServer.getSmtp().getPort(), "shop", "Shop <shop@example.com>", encryption);
  }

  private static AuthSettings withOrigin(String origin) {
    return SettingRecords.changed(TestServer.CHEAP, Map.of("origin", origin));
  }

  private TestServer server(String origin, MailEncryption encryption) {
    return TestServer.start(
        People.plan()
            .with(withOrigin(origin))
            .sending(settings(encryption), Map.of(Secrets.MAIL, SECRET)));
  }

  private MimeMessage mail(int number) {
    assertThat(mailServer.waitForIncomingEmail(10_000, number + 1)).isTrue();
    return mailServer.getReceivedMessages()[number];
  }

  @Test
  void aMailLeadsToTheConfiguredOrigin() throws Exception {
    try (TestServer server = server("https://shop.example.com", MailEncryption.NONE)) {
      signUp(server, ADA);
      MimeMessage mail = mail(0);
      assertThat(mail.getSubject()).isEqualTo("Confirm your e-mail address");
      assertThat(mail.getAllRecipients()).extracting(Object::toString).containsExactly(ADA);
      assertThat(mail.getFrom())
          .extracting(Object::toString)
          .containsExactly("Shop <shop@example.com>");
      assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
      String text = String.valueOf(mail.getContent()).replace("\r", "");
      assertThat(text).contains("https://shop.example.com/auth/verify-email?token=");
      assertThat(People.confirm(server, People.token(text), PASSWORD).status()).isEqualTo(200);
      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
    }
  }

  @Test
  void withoutAnOriginAMailCarriesTheTokenAlone() throws Exception {
    try (TestServer server = server("", MailEncryption.NONE)) {
      signUp(server, ADA);
      String text = String.valueOf(mail(0).getContent()).replace("\r", "");
      assertThat(text).doesNotContain("http").doesNotContain("127.0.0.1");
      String token =
          text.lines()
              .filter(line -> line.length() == 43 && !line.contains(" "))
              .findFirst()
              .orElseThrow();
      assertThat(People.confirm(server, token, PASSWORD).status()).isEqualTo(200);
    }
  }

  @Test
  void nothingIsSentInTheClearWhereEncryptionIsAskedFor() {
    try (TestServer server = server("", MailEncryption.STARTTLS)) {
      // the answer does not wait for the mail server, and does not tell of it
      assertThat(signUp(server, ADA).status()).isEqualTo(202);
      assertThat(mailServer.waitForIncomingEmail(500, 1)).isFalse();
    }
  }

  @Test
  void aMailServerThatIsDownForAMomentLosesNothing() {
    int port = mailServer.getSmtp().getPort();
    try (TestServer server = server("", MailEncryption.NONE)) {
      mailServer.stop();
      assertThat(signUp(server, ADA).status()).isEqualTo(202);
      mailServer = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
      mailServer.setUser("shop@example.com", "shop", SECRET);
      mailServer.start();
      assertThat(mailServer.waitForIncomingEmail(10_000, 1)).isTrue();
    }
  }
}
