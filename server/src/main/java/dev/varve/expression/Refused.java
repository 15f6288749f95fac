package dev.varve.expression;

/// Says why a part of an expression does not fit the model, before anybody knows where that part stands.
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  Refused(String text) {
    super(text, null, false, false);
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
