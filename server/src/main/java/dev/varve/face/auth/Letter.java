package dev.varve.face.auth;

import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.mail.Mail;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A mail before it is known in which language it is written: the texts `mail.KEY.subject` and `mail.KEY.text`, and what stands in them.
///
/// @param values in the place of `%s`
/// @param token that is in the text, for who reads mails by program while writing an application
/// @param goodFor how long it is of use: as long as its token
public record Letter(
    String to, String key, List<Object> values, Optional<String> token, Duration goodFor) {
  // who is told of something later than that has found out
  private static final Duration NEWS = Duration.ofDays(3);

  public Letter {
    values = List.copyOf(values);
  }

  static Letter of(String to, String key, Object... values) {
    return new Letter(to, key, List.of(values), Optional.empty(), NEWS);
  }

  Letter with(String proof, Purpose purpose) {
    return new Letter(to, key, values, Optional.of(proof), purpose.lifetime());
  }

  /// In the language of these texts.
  Mail in(Texts texts) {
    Object[] given = values.toArray();
    return new Mail(
        to,
        texts.get("mail.%s.subject".formatted(key), given),
        texts.get("mail.%s.text".formatted(key), given),
        token);
  }
}
