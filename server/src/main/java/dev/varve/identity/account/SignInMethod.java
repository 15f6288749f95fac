package dev.varve.identity.account;

import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/// A way in which somebody proves who they are, as tokens name it (RFC 8176).
public enum SignInMethod {
  /// They know the password.
  PASSWORD("pwd");

  private final String value;

  SignInMethod(String value) {
    this.value = value;
  }

  /// The member of `amr` that stands for it.
  public String value() {
    return value;
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
