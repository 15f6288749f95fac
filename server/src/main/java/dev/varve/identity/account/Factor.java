package dev.varve.identity.account;

import java.util.Arrays;
import java.util.Optional;

/// A second factor: what an account may ask for beside the first proof of who it is. To add one, add it here and to [Factors], which
/// says who has it, and prove it where faces list their proofs; the compiler names the page that shows it.
public enum Factor {
  /// An application that shows another code every half a minute (RFC 6238).
  TOTP("totp", SignInMethod.ONE_TIME_CODE),
  /// A code that was written down when another factor was enrolled.
  RECOVERY_CODE("recovery-code", SignInMethod.ONE_TIME_CODE),
  /// A passkey, such as a security key.
  PASSKEY("passkey", SignInMethod.PASSKEY);

  private final String value;
  private final SignInMethod method;

  Factor(String value, SignInMethod method) {
    this.value = value;
    this.method = method;
  }

  /// As requests and answers name it.
  public String value() {
    return value;
  }

  /// What has been proven with it.
  public SignInMethod method() {
    return method;
  }

  public static Optional<Factor> of(String value) {
    return Arrays.stream(values()).filter(factor -> factor.value.equals(value)).findFirst();
  }
}
