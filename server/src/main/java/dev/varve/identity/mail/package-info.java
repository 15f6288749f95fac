/// Mails on their way: kept to be looked at while an application is written, or handed to a mail server.
///
/// In: a [Mail], within the unit that causes it. Out: its delivery, at least once, later and never in the way of an answer ([Outbox]).
///
/// | step | classes |
/// |---|---|
/// | a mail is a row, sealed, until it is sent or of no use | [MailRows], [WaitingMail] |
/// | one thread takes some, sends them, and says what came of it | [MailSender], [MailMeasures] |
/// | over SMTP | [MailDelivery], [SmtpDelivery], [MailFailed] |
/// | kept instead | [KeptMails] |
@NullMarked
package dev.varve.identity.mail;

import org.jspecify.annotations.NullMarked;
