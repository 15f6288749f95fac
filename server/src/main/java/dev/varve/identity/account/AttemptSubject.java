package dev.varve.identity.account;

import dev.varve.identity.token.OpaqueToken;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/// What attempts are counted for.
///
/// @param free how many attempts may fail before the first lock
record AttemptSubject(String key, int free) {
  private static final Duration LOCK_FIRST = Duration.ofSeconds(30);
  private static final Duration LOCK_MAX = Duration.ofMinutes(15);

  private static final String KEYS = "keys:";
  // whoever has forgotten a password is not locked out before they give up
  private static final int PAIR_FREE = 10;
  // many people may share an address, and a victim must not be locked out of an account by a few
  // guesses
  private static final int SINGLE_FREE = 100;
  private static final int MAILS_FREE = 300;
  // a code of a device is read from a screen, and one of 25 thousand million
  private static final int CODE_FREE = 20;
  // three codes of six digits are right at any time, and a code is read from a screen
  private static final int FACTOR_PAIR_FREE = 5;

  static AttemptSubject pair(String email, RequestSource source) {
    return new AttemptSubject("both:" + digest(email + "\n" + source.network()), PAIR_FREE);
  }

  static AttemptSubject account(String email) {
    return new AttemptSubject("account:" + digest(email), SINGLE_FREE);
  }

  /// A browser that an account trusts.
  ///
  /// @param cookie that it keeps
  static AttemptSubject browser(String account, String cookie) {
    return new AttemptSubject("browser:" + digest(account + "\n" + cookie), PAIR_FREE);
  }

  static AttemptSubject network(RequestSource source) {
    return new AttemptSubject("network:" + source.network(), SINGLE_FREE);
  }

  /// A second factor counts for itself: else whoever knows the password could sign in with it between guesses at the factor, and
  /// so have them forgotten.
  static AttemptSubject factorPair(String account, RequestSource source) {
    return new AttemptSubject(
        "factor-both:" + digest(account + "\n" + source.network()), FACTOR_PAIR_FREE);
  }

  static AttemptSubject factor(String account) {
    return new AttemptSubject("factor:" + digest(account), SINGLE_FREE);
  }

  static AttemptSubject factorBrowser(String account, String cookie) {
    return new AttemptSubject(
        "factor-browser:" + digest(account + "\n" + cookie), FACTOR_PAIR_FREE);
  }

  /// A passkey is not guessed. It counts for itself, so that nobody who guesses at passwords keeps the owner from it.
  static AttemptSubject passkeys(RequestSource source) {
    return new AttemptSubject("passkeys:" + source.network(), SINGLE_FREE);
  }

  /// The password that was chosen with what a mail is about: whoever guesses at it has the token.
  static AttemptSubject token(byte[] hash) {
    return new AttemptSubject("token:" + HexFormat.of().formatHex(hash), PAIR_FREE);
  }

  static AttemptSubject keys(RequestSource source) {
    return new AttemptSubject(KEYS + source.network(), SINGLE_FREE);
  }

  static AttemptSubject refreshes(RequestSource source) {
    return new AttemptSubject("refreshes:" + source.network(), SINGLE_FREE);
  }

  static AttemptSubject codes(RequestSource source) {
    return new AttemptSubject("codes:" + source.network(), CODE_FREE);
  }

  static AttemptSubject mails(RequestSource source) {
    return new AttemptSubject("mails:" + source.network(), MAILS_FREE);
  }

  private static String digest(String text) {
    return HexFormat.of().formatHex(OpaqueToken.sha256(text));
  }

  boolean isOfKeys() {
    return key.startsWith(KEYS);
  }

  Instant lockedUntil(int failures, Instant at) {
    if (failures < free) {
      return Instant.EPOCH;
    }
    // shifts beyond the longest lock say nothing more
    long seconds = LOCK_FIRST.toSeconds() << Math.min(failures - free, 20);
    return at.plusSeconds(Math.min(seconds, LOCK_MAX.toSeconds()));
  }
}
