package dev.varve.face.provider;

import dev.varve.identity.provider.ProviderFailed;

/// Why a browser comes back from a provider without having signed in. Pages get its code as `error`; flows show a text of theirs.
enum Refusal {
  /// They have not gone through with it there.
  DENIED("denied"),
  UNAVAILABLE("unavailable"),
  WRONG_ANSWER("wrong_answer"),
  /// The provider tells no address, and an account needs one.
  EMAIL_MISSING("email_missing"),
  /// The provider does not say that the address is theirs. Whether it has an account is not told.
  EMAIL_UNVERIFIED("email_unverified"),
  /// There is an account with the address, of which nobody has proven that it is theirs.
  EMAIL_UNCONFIRMED("email_unconfirmed"),
  DISABLED("account_disabled"),
  /// Somebody removed the link: an address alone does not bring it back.
  UNLINKED("unlinked"),
  /// The account has as many links as one may have.
  TOO_MANY_LINKS("too_many_links"),
  SIGN_UP_CLOSED("sign_up_closed"),
  SIGN_UP_INVITED("sign_up_invited"),
  /// Accounts need something that a page of Varve cannot ask for, or rules refuse them.
  SIGN_UP_ELSEWHERE("sign_up_elsewhere");

  private final String code;

  Refusal(String code) {
    this.code = code;
  }

  String code() {
    return code;
  }

  static Refusal of(ProviderFailed failed) {
    return switch (failed.kind()) {
      case DENIED -> DENIED;
      case UNAVAILABLE -> UNAVAILABLE;
      case WRONG_ANSWER -> WRONG_ANSWER;
    };
  }
}
