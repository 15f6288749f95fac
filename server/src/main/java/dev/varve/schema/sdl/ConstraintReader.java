package dev.varve.schema.sdl;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.varve.schema.Constraints;
import dev.varve.schema.ScalarType;
import dev.varve.schema.sdl.DirectiveReader.Directives;
import dev.varve.schema.sdl.TypeReader.Shape;
import java.math.BigDecimal;
import java.util.Optional;

/// Reads `@length`, `@range`, `@pattern` and `@scale`, and whether they fit the type of their field.
final class ConstraintReader {
  /// Digits after the point of a Decimal that says nothing else.
  static final int SCALE_DEFAULT = 6;

  private static final int SCALE_MAX = 18;
  // the longest text that a field takes
  private static final int LENGTH_MAX = 1_000_000;
  private static final int REGEX_LENGTH_MAX = 500;
  private static final int REGEX_PROGRAM_MAX = 10_000;

  private final Mistakes mistakes;

  ConstraintReader(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  /// @param scale 0 for other types than Decimal
  record Read(Constraints constraints, int scale) {}

  /// @param shape absent when the type of the field is wrong
  Read read(Directives directives, Optional<Shape> shape) {
    Optional<Arguments> length = directives.one(KnownDirective.LENGTH);
    Optional<Arguments> range = directives.one(KnownDirective.RANGE);
    Optional<Arguments> pattern = directives.one(KnownDirective.PATTERN);
    Optional<Arguments> scale = directives.one(KnownDirective.SCALE);
    shape.ifPresent(fit -> {
      length.ifPresent(found -> checkFit(found, isMeasured(fit), "length", "text and lists", fit));
      range.ifPresent(
          found -> checkFit(found, isNumber(fit), "range", "Int, Long, Float and Decimal", fit));
      pattern.ifPresent(found -> checkFit(found, isText(fit), "pattern", "text", fit));
      scale.ifPresent(
          found -> checkFit(found, fit.type() == ScalarType.DECIMAL, "scale", "Decimal", fit));
    });
    Constraints constraints =
        new Constraints(
            length.flatMap(found -> found.whole("min", 0, LENGTH_MAX)),
            length.flatMap(found -> found.whole("max", 0, LENGTH_MAX)),
            range.flatMap(found -> found.number("min")),
            range.flatMap(found -> found.number("max")),
            pattern.flatMap(this::pattern),
            false);
    length.ifPresent(found -> checkLength(found, constraints));
    range.ifPresent(found -> checkRange(found, constraints, shape));
    return new Read(constraints, scale(scale, shape));
  }

  private void checkFit(
      Arguments found, boolean fits, String directive, String fitting, Shape shape) {
    if (!fits) {
      mistakes.add(
          found.location(),
          "@%s is for %s, not for %s: remove it.".formatted(directive, fitting, typeText(shape)));
    }
  }

  private static String typeText(Shape shape) {
    return shape.list() ? "a list of " + shape.type().schemaName() : shape.type().schemaName();
  }

  private static boolean isMeasured(Shape shape) {
    return shape.list() || isText(shape);
  }

  private static boolean isText(Shape shape) {
    return shape.type() instanceof ScalarType scalar && scalar.textual();
  }

  private static boolean isNumber(Shape shape) {
    return shape.type() instanceof ScalarType scalar
        && switch (scalar) {
          case INT, LONG, FLOAT, DECIMAL -> true;
          case ID, STRING, BOOLEAN, DATE_TIME, DATE, UUID, EMAIL, URL, JSON -> false;
        };
  }

  private static void checkLength(Arguments found, Constraints constraints) {
    if (!found.has("min") && !found.has("max")) {
      found.require("max", "@length(min: 1, max: 100)");
    }
    if (constraints.lengthMin().isPresent()
        && constraints.lengthMax().isPresent()
        && constraints.lengthMin().get() > constraints.lengthMax().get()) {
      found.refuse("min", "@length(min:) is greater than max: no value could satisfy both.");
    }
  }

  private static void checkRange(Arguments found, Constraints constraints, Optional<Shape> shape) {
    if (!found.has("min") && !found.has("max")) {
      found.require("min", "@range(min: 0, max: 100)");
    }
    if (constraints.rangeMin().isPresent()
        && constraints.rangeMax().isPresent()
        && constraints.rangeMin().get().compareTo(constraints.rangeMax().get()) > 0) {
      found.refuse("min", "@range(min:) is greater than max: no value could satisfy both.");
    }
    boolean wholes =
        shape
            .map(fit -> fit.type() == ScalarType.INT || fit.type() == ScalarType.LONG)
            .orElse(false);
    if (wholes) {
      checkWhole(found, "min", constraints.rangeMin());
      checkWhole(found, "max", constraints.rangeMax());
    }
  }

  private static void checkWhole(Arguments found, String name, Optional<BigDecimal> bound) {
    if (bound.isPresent() && bound.get().stripTrailingZeros().scale() > 0) {
      found.refuse(name, "@range(" + name + ":) must be a whole number, as the field is.");
    }
  }

  private Optional<Pattern> pattern(Arguments found) {
    found.require("regex", "@pattern(regex: \"[a-z0-9-]+\")");
    return found.text("regex", "[a-z0-9-]+").flatMap(regex -> pattern(found, regex));
  }

  private static Optional<Pattern> pattern(Arguments found, String regex) {
    if (regex.length() > REGEX_LENGTH_MAX) {
      found.refuse(
          "regex",
          "@pattern(regex:) has %d characters, at most %d are possible: match less with it."
              .formatted(regex.length(), REGEX_LENGTH_MAX));
      return Optional.empty();
    }
    if (RegexSize.exceeds(regex, REGEX_PROGRAM_MAX)) {
      found.refuse("regex", "@pattern(regex:) repeats too much: use smaller counts.");
      return Optional.empty();
    }
    try {
      return Optional.of(Pattern.compile(regex));
    } catch (PatternSyntaxException e) {
      found.refuse(
          "regex",
          "@pattern(regex:) is no regular expression of RE2: %s '%s'."
              .formatted(e.getDescription(), e.getPattern()));
      return Optional.empty();
    }
  }

  private static int scale(Optional<Arguments> found, Optional<Shape> shape) {
    found.ifPresent(arguments -> arguments.require("digits", "@scale(digits: 2)"));
    Optional<Integer> given = found.flatMap(arguments -> arguments.whole("digits", 0, SCALE_MAX));
    boolean decimal = shape.map(fit -> fit.type() == ScalarType.DECIMAL).orElse(false);
    return decimal ? given.orElse(SCALE_DEFAULT) : 0;
  }
}
