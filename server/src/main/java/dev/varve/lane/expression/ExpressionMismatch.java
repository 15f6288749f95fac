package dev.varve.lane.expression;

/// Says why a part of an expression does not fit the model, before anybody knows where that part stands.
final class ExpressionMismatch extends Exception {
  private static final long serialVersionUID = 1L;

  ExpressionMismatch(String text) {
    super(text, null, false, false);
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
