package dev.varve.identity.mail;

import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Properties;

/// Hands mails to a mail server (SMTP, RFC 5321).
final class SmtpDelivery implements MailDelivery {
  private static final String TIMEOUT_MILLIS = "10000";

  private final Session session;
  private final String from;
  private final Clock clock;

  /// @param password of the user at the mail server; empty for none
  SmtpDelivery(MailSettings settings, String password, Clock clock) {
    this.session = session(settings, password);
    this.from = settings.from();
    this.clock = clock;
  }

  private static Session session(MailSettings settings, String password) {
    boolean login = !settings.user().isEmpty();
    Properties properties = new Properties();
    properties.setProperty("mail.transport.protocol", "smtp");
    properties.setProperty("mail.smtp.host", settings.host());
    properties.setProperty("mail.smtp.port", Integer.toString(settings.port()));
    properties.setProperty("mail.smtp.auth", Boolean.toString(login));
    properties.setProperty("mail.smtp.connectiontimeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.smtp.timeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.smtp.writetimeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    properties.setProperty("mail.mime.allowutf8", "true");
    switch (settings.tls()) {
      case STARTTLS -> properties.setProperty("mail.smtp.starttls.required", "true");
      case TLS -> properties.setProperty("mail.smtp.ssl.enable", "true");
      case NONE -> {}
    }
    return Session.getInstance(
        properties,
        login
            ? new Authenticator() {
              @Override
              protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(settings.user(), password);
              }
            }
            : null);
  }

  @Override
  public void deliver(Mail mail) throws IOException {
    try {
      MimeMessage message = new MimeMessage(session);
      message.setFrom(new InternetAddress(from));
      // strict: an address that is more than one, or hides a header, is refused
      message.setRecipient(Message.RecipientType.TO, new InternetAddress(mail.to(), true));
      message.setSubject(mail.subject(), StandardCharsets.UTF_8.name());
      message.setText(mail.text(), StandardCharsets.UTF_8.name());
      message.setHeader("Auto-Submitted", "auto-generated");
      message.setHeader("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now()));
      Transport.send(message);
    } catch (MessagingException e) {
      throw new IOException("The mail server did not take the mail", e);
    }
  }

  private ZonedDateTime now() {
    return clock.instant().atZone(ZoneOffset.UTC);
  }
}
