package dev.varve.face.auth;

import dev.varve.identity.account.RequestSource;

/// The mails that tell an account of what became of its second factors. None has a link: there is nothing to follow in them.
final class FactorMails {
  private FactorMails() {}

  /// @param name what its owner calls it
  static Letter added(String to, String name) {
    return Letter.of(to, "factorAdded", name);
  }

  static Letter removed(String to, String name) {
    return Letter.of(to, "factorRemoved", name);
  }

  static Letter recoveryCodesMade(String to) {
    return Letter.of(to, "recoveryCodesMade");
  }

  static Letter recoveryCodeUsed(String to, int left) {
    return left == 0
        ? Letter.of(to, "lastRecoveryCodeUsed")
        : Letter.of(to, "recoveryCodeUsed", left);
  }

  static Letter trusted(String to, RequestSource source) {
    return Letter.of(to, "browserTrusted", source.device(), source.address());
  }

  static Letter reset(String to) {
    return Letter.of(to, "factorsReset");
  }
}
