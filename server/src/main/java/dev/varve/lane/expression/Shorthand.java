package dev.varve.lane.expression;

import dev.varve.schema.Model;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Compiles one shorthand filter: a path, an operator and texts, which become literals of the field's type.
record Shorthand(Paths paths, Model model, String name, Operator operator) {
  static final int ELEMENTS_MAX = 500;
  // hops and members beyond the longest path that compiles
  private static final int STEPS_MAX = 20;

  Predicate compile(List<String> texts) throws ExpressionMismatch {
    Path path = path();
    return switch (operator.test()) {
      case EQ -> compare(path, Relational.EQUAL, texts);
      case NE -> compare(path, Relational.NOT_EQUAL, texts);
      case GT -> compare(path, Relational.GREATER, texts);
      case GTE -> compare(path, Relational.AT_LEAST, texts);
      case LT -> compare(path, Relational.LESS, texts);
      case LTE -> compare(path, Relational.AT_MOST, texts);
      case IN -> in(path, texts);
      case CONTAINS ->
          path.last().list() && operator.equals(Operator.CONTAINS)
              ? Literals.element(path, literal(path, one(texts)), true)
              : match(path, TextMatch.Function.CONTAINS, one(texts));
      case STARTS_WITH -> match(path, TextMatch.Function.STARTS_WITH, one(texts));
      case ENDS_WITH -> match(path, TextMatch.Function.ENDS_WITH, one(texts));
      case IS_NULL -> new Presence(path, !truth(one(texts)));
    };
  }

  private Path path() throws ExpressionMismatch {
    String[] names = name.split("\\.", STEPS_MAX);
    Path path = paths.first(new Path.Root(model, Path.Origin.RECORD, ""), names[0]);
    for (int i = 1; i < names.length; i++) {
      path = paths.next(path, names[i]);
    }
    return path.reduced();
  }

  private Predicate compare(Path path, Relational relational, List<String> texts)
      throws ExpressionMismatch {
    Operand of = single(path, operator);
    return Literals.compare(of, relational, literal(path, one(texts)));
  }

  /// What an operator looks at; lists, values and JSON are refused.
  static Operand single(Path path, Operator operator) throws ExpressionMismatch {
    requireSingle(path);
    return Literals.folded(path, operator.folding());
  }

  private static void requireSingle(Path path) throws ExpressionMismatch {
    if (path.last().list()) {
      throw new ExpressionMismatch(
          "%s is a list: ask for one element with %s[contains]"
              .formatted(path.text(), path.text()));
    }
    Optional<String> member = path.valueType().map(type -> type.fields().getFirst().name());
    if (member.isPresent()) {
      throw new ExpressionMismatch(
          "%s has fields of its own: compare one of them, such as %s.%s, or write %s[isNull]"
              .formatted(path.text(), path.text(), member.get(), path.text()));
    }
    if (path.kind().isEmpty()) {
      throw new ExpressionMismatch(
          "%s is JSON: only %s[isNull] is supported".formatted(path.text(), path.text()));
    }
  }

  private String one(List<String> texts) throws ExpressionMismatch {
    if (texts.size() == 1) {
      return texts.getFirst();
    }
    throw new ExpressionMismatch(
        "is given %d times: give it once, or name several values with %s[in]=A,B"
            .formatted(texts.size(), name));
  }

  /// The literal that a text stands for beside a path.
  private static Object literal(Path path, String text) throws ExpressionMismatch {
    Optional<Kind> kind = Kind.ofElement(path.last());
    if (kind.isEmpty()) {
      return text;
    }
    return switch (kind.get()) {
      case TEXT, ENUM, DATE, INSTANT -> text;
      case BOOLEAN -> truth(text);
      case WHOLE, DECIMAL, FLOAT -> number(path, text);
    };
  }

  private static BigDecimal number(Path path, String text) throws ExpressionMismatch {
    return Literals.number(text)
        .orElseThrow(() ->
            new ExpressionMismatch(
                "%s is %s: '%s' is no number"
                    .formatted(
                        path.text(), Literals.withArticle(path.last().type().schemaName()), text)));
  }

  private static boolean truth(String text) throws ExpressionMismatch {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new ExpressionMismatch("must be true or false");
    };
  }

  private Predicate in(Path path, List<String> texts) throws ExpressionMismatch {
    Operand of = single(path, operator);
    List<Object> literals = new ArrayList<>();
    for (String text : texts) {
      for (String part : split(text)) {
        literals.add(literal(path, part));
      }
    }
    if (literals.size() > ELEMENTS_MAX) {
      throw new ExpressionMismatch(
          "has %d values: at most %d are supported".formatted(literals.size(), ELEMENTS_MAX));
    }
    return Literals.among(of, literals, true);
  }

  private static List<String> split(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(",", -1));
  }

  private Predicate match(Path path, TextMatch.Function function, String text)
      throws ExpressionMismatch {
    return match(path, operator, function, text, true);
  }

  static Predicate match(
      Path path, Operator operator, TextMatch.Function function, Object text, boolean expected)
      throws ExpressionMismatch {
    Operand of = single(path, operator);
    Optional<Kind> kind = path.kind().filter(found -> found == Kind.TEXT || found == Kind.ENUM);
    if (kind.isEmpty()) {
      throw new ExpressionMismatch(
          "%s is %s, not text"
              .formatted(path.text(), Literals.withArticle(path.last().type().schemaName())));
    }
    return new TextMatch(
        of, function, new Operand.Literal(Literals.text(of, function, text)), expected);
  }
}
