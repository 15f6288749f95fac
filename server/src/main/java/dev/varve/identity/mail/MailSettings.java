package dev.varve.identity.mail;

import dev.varve.settings.Setting;

/// How mails are sent; section `mail` of `varve.yaml`. The password of the mail server comes from the environment
/// alone, as `VARVE_MAIL_PASSWORD`.
public record MailSettings(
    @Setting(
            standard = "",
            says = "The mail server (SMTP). Without one, whatever needs a mail answers 503.")
        String host,
    @Setting(standard = "587", min = 1, max = 65_535, says = "The port of the mail server.")
        int port,
    @Setting(
            standard = "",
            says =
                "The user at the mail server. Its password is the environment variable VARVE_MAIL_PASSWORD.")
        String user,
    @Setting(
            standard = "",
            says = "The sender of the mails, such as Shop <shop@example.com>. Needed with a host.")
        String from,
    @Setting(
            standard = "STARTTLS",
            says =
                "How the connection is encrypted: STARTTLS begins in the clear and is refused if it stays so, TLS is encrypted from the start, NONE is for a server on the same machine.")
        MailEncryption tls) {
  public static final MailSettings DEFAULT =
      new MailSettings("", 587, "", "", MailEncryption.STARTTLS);

  public MailSettings {
    if (!host.isEmpty() && from.isEmpty()) {
      throw new IllegalArgumentException(
          "mail.host is set, but mail.from is not: name the sender of the mails, such as shop@example.com");
    }
  }
}
