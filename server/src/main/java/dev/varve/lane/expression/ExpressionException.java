package dev.varve.lane.expression;

/// What is wrong with an expression, and where.
public final class ExpressionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  /// @param line from 1
  /// @param column from 1, in characters (code points)
  public ExpressionException(int line, int column, String text) {
    // it says all there is to know: a stack trace would be cost without use
    super(text, null, false, false);
    this.line = line;
    this.column = column;
  }

  public int line() {
    return line;
  }

  public int column() {
    return column;
  }

  /// What is wrong and what to write instead, without the place.
  public String text() {
    return String.valueOf(getMessage());
  }
}
