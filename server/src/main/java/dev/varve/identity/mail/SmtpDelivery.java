package dev.varve.identity.mail;

import dev.varve.identity.mail.MailFailed.Kind;
import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands mails to a mail server (SMTP, RFC 5321).
final class SmtpDelivery implements MailDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(SmtpDelivery.class);
  private static final String TIMEOUT_MILLIS = "10000";
  // replies from there on are for good (RFC 5321, section 4.2.1)
  private static final int PERMANENT = 500;
  // of a line in the log
  private static final int REASON_LENGTH_MAX = 200;
  // of exceptions that hang on one another
  private static final int CAUSES_MAX = 10;

  private final Session session;
  private final String from;

  /// @param password of the user at the mail server; empty for none
  SmtpDelivery(MailSettings settings, String password) {
    this.session = session(settings, password);
    this.from = settings.from();
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
  public Line open() throws MailFailed {
    try {
      Transport transport = session.getTransport();
      transport.connect();
      return new Connected(transport);
    } catch (MessagingException e) {
      LOG.debug("The mail server cannot be reached", e);
      throw new MailFailed(Kind.AWAY, why(e));
    }
  }

  private final class Connected implements Line {
    private final Transport transport;

    private Connected(Transport transport) {
      this.transport = transport;
    }

    @Override
    public void send(String id, Mail mail, Instant at) throws MailFailed {
      try {
        MimeMessage message = message(id, mail, at);
        transport.sendMessage(message, message.getAllRecipients());
      } catch (MessagingException e) {
        throw failed(e);
      }
    }

    @Override
    public boolean isOpen() {
      return transport.isConnected();
    }

    @Override
    public void close() {
      try {
        transport.close();
      } catch (MessagingException e) {
        LOG.debug("The mail server did not hear the end", e);
      }
    }
  }

  private MimeMessage message(String id, Mail mail, Instant at) throws MessagingException {
    InternetAddress sender = new InternetAddress(from);
    MimeMessage message = new Identified(session, "<%s@%s>".formatted(id, domain(sender)));
    message.setFrom(sender);
    // strict: an address that is more than one, or hides a header, is refused
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(mail.to(), true));
    message.setSubject(mail.subject(), StandardCharsets.UTF_8.name());
    message.setText(mail.text(), StandardCharsets.UTF_8.name());
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setHeader(
        "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atZone(ZoneOffset.UTC)));
    message.saveChanges();
    return message;
  }

  private static String domain(InternetAddress sender) {
    String address = sender.getAddress();
    return address.substring(address.lastIndexOf('@') + 1);
  }

  /// A message with an id that is given, and the same each time: it may be sent twice.
  private static final class Identified extends MimeMessage {
    private final String id;

    private Identified(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }

  private static MailFailed failed(MessagingException e) {
    if (e instanceof AddressException) {
      return new MailFailed(Kind.NEVER, "the address is none");
    }
    int code = code(e);
    String reason = code > 0 ? "it answers %d".formatted(code) : why(e);
    if (isOfSender(e)) {
      return new MailFailed(Kind.AWAY, reason + " to the sender, mail.from");
    }
    return new MailFailed(code >= PERMANENT ? Kind.NEVER : Kind.LATER, reason);
  }

  private static boolean isOfSender(MessagingException e) {
    Exception cause = e;
    for (int i = 0; i < CAUSES_MAX && cause instanceof MessagingException known; i++) {
      if (cause instanceof SMTPSenderFailedException) {
        return true;
      }
      cause = known.getNextException();
    }
    return false;
  }

  /// What the mail server has answered; 0 when it has not.
  private static int code(MessagingException e) {
    Exception cause = e;
    for (int i = 0; i < CAUSES_MAX && cause instanceof MessagingException known; i++) {
      int code =
          switch (known) {
            case SMTPAddressFailedException address -> address.getReturnCode();
            case SMTPSenderFailedException sender -> sender.getReturnCode();
            case SMTPSendFailedException send -> send.getReturnCode();
            default -> -1;
          };
      if (code > 0) {
        return code;
      }
      cause = known.getNextException();
    }
    return 0;
  }

  /// The first cause, without the addresses that a mail server may name.
  private static String why(MessagingException e) {
    Throwable cause = e;
    for (int i = 0; i < CAUSES_MAX && cause.getCause() != null; i++) {
      cause = cause.getCause();
    }
    String said =
        "%s: %s"
            .formatted(cause.getClass().getSimpleName(), cause.getMessage())
            .replaceAll("\\S*@\\S*", "...")
            .replaceAll("\\s+", " ");
    return said.substring(0, Math.min(said.length(), REASON_LENGTH_MAX));
  }
}
