package dev.varve.identity.account;

import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/// A way in which somebody proves who they are, as tokens name it (RFC 8176).
public enum SignInMethod {
  /// They know the password.
  PASSWORD("pwd", Role.FIRST),
  /// A provider says who they are, such as Google.
  PROVIDER("fed", Role.FIRST),
  /// They read the mails of the account.
  MAIL("email", Role.FIRST),
  /// They have what makes codes that are good once, or a sheet of such codes.
  ONE_TIME_CODE("otp", Role.SECOND),
  /// They have a passkey. Whether hardware keeps it nobody has vouched for.
  PASSKEY("swk", Role.SECOND),
  /// The device that has it has made sure who uses it, by a PIN, a finger or a face.
  VERIFIED_USER("user", Role.FIRST),
  /// They come with a browser on which they have proven a second factor before. Nothing of that is proven now, so tokens say nothing
  /// of it.
  TRUSTED_DEVICE("device", Role.STAND_IN);

  /// The level of assurance (`acr`) of one proof, and of two different ones.
  public static final String LEVEL_ONE = "1";

  public static final String LEVEL_TWO = "2";

  /// The member of `amr` that says that there was more than one factor.
  private static final String MANY = "mfa";

  private final String value;
  private final Role role;

  private enum Role {
    FIRST,
    SECOND,
    STAND_IN
  }

  SignInMethod(String value, Role role) {
    this.value = value;
    this.role = role;
  }

  /// Whether more than one factor has been proven: something is there that is a second one, beside something else.
  public static boolean isTwoFactors(Set<SignInMethod> methods) {
    return methods.stream().filter(method -> method.role != Role.STAND_IN).count() > 1
        && methods.stream().anyMatch(method -> method.role == Role.SECOND);
  }

  /// Whether an account that has a second factor is let in with this.
  static boolean isEnough(Set<SignInMethod> methods) {
    return isTwoFactors(methods)
        || methods.stream().anyMatch(method -> method.role == Role.STAND_IN);
  }

  /// How sure it is who it was, as `acr` tells it.
  public static String level(Set<SignInMethod> methods) {
    return isTwoFactors(methods) ? LEVEL_TWO : LEVEL_ONE;
  }

  /// The members of `amr`.
  public static Set<String> values(Set<SignInMethod> methods) {
    Set<String> values = new TreeSet<>();
    methods.stream()
        .filter(method -> method.role != Role.STAND_IN)
        .forEach(method -> values.add(method.value));
    if (isTwoFactors(methods)) {
      values.add(MANY);
    }
    return values;
  }

  /// The values of many, separated by spaces, in alphabetical order.
  static String text(Set<SignInMethod> methods) {
    Set<String> values = new TreeSet<>();
    methods.forEach(method -> values.add(method.value));
    return String.join(" ", values);
  }

  /// Those of a text that are still known.
  static Set<SignInMethod> read(String text) {
    Set<SignInMethod> methods = EnumSet.noneOf(SignInMethod.class);
    for (String value : text.split(" ", -1)) {
      for (SignInMethod method : values()) {
        if (method.value.equals(value)) {
          methods.add(method);
        }
      }
    }
    return methods;
  }
}
