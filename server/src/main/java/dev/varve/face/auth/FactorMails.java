package dev.varve.face.auth;

import dev.varve.identity.account.RequestSource;
import dev.varve.identity.mail.Mail;
import java.util.Optional;

/// The mails that tell an account of what became of its second factors. None has a link: there is nothing to follow in them.
final class FactorMails {
  private FactorMails() {}

  /// @param name what its owner calls it
  static Mail added(String to, String name) {
    return mail(
        to,
        "A second factor was added to your account",
        """
        From now on your account can ask for "%s" when you sign in.

        If it was not you, choose a new password at once and remove it from your account.
        """
            .formatted(name));
  }

  static Mail removed(String to, String name) {
    return mail(
        to,
        "A second factor was removed from your account",
        """
        "%s" is no second factor of your account any more. Browsers that you trusted are trusted no longer.

        If it was not you, choose a new password at once.
        """
            .formatted(name));
  }

  static Mail recoveryCodesMade(String to) {
    return mail(
        to,
        "Your account has new recovery codes",
        """
        New recovery codes were made for your account. Those from before are good for nothing any more.

        If it was not you, choose a new password at once and make others.
        """);
  }

  static Mail recoveryCodeUsed(String to, int left) {
    return mail(
        to,
        "A recovery code of your account was used",
        """
        Somebody, you we hope, used a recovery code of your account. %s

        If it was not you, choose a new password at once.
        """
            .formatted(
                left == 0
                    ? "None is left: make new ones."
                    : "%d %s left.".formatted(left, left == 1 ? "is" : "are")));
  }

  static Mail trusted(String to, RequestSource source) {
    return mail(
        to,
        "A browser is not asked for your second factor any more",
        """
        You signed in to your account and chose that this browser is not asked for the second factor again for a while:

        %s, at %s

        If it was not you, choose a new password at once: no browser is trusted then.
        """
            .formatted(source.device(), source.address()));
  }

  static Mail reset(String to) {
    return mail(
        to,
        "The second factors of your account were taken away",
        """
        Whoever runs this service has taken the second factors of your account away, and has signed you out everywhere. Sign in
        with your password, and enrol another.

        If you did not ask for it, tell them.
        """);
  }

  private static Mail mail(String to, String subject, String text) {
    return new Mail(to, subject, text, Optional.empty());
  }
}
