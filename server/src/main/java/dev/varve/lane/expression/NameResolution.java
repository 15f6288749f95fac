package dev.varve.lane.expression;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelSelect;
import dev.varve.kernel.Nearest;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.util.List;
import java.util.Optional;

/// Finds what the names of one expression stand for, in its vocabulary.
final class NameResolution {
  private static final String NOW = "now";
  private static final String RECORD = "record";
  private static final String INPUT = "input";
  private static final String ME = "me";

  private final Paths paths;
  private final Model model;
  private final Vocabulary vocabulary;
  private final ParsedExpression parsed;

  NameResolution(Paths paths, Model model, Vocabulary vocabulary, ParsedExpression parsed) {
    this.paths = paths;
    this.model = model;
    this.vocabulary = vocabulary;
    this.parsed = parsed;
  }

  /// How a field is written here, for messages.
  String sample() {
    return switch (vocabulary) {
      case RULE -> "record.name";
      case FILTER -> "name";
    };
  }

  boolean isNow(CelExpr expression) {
    return expression.getKind() == CelExpr.ExprKind.Kind.IDENT
        && expression.ident().name().equals(NOW);
  }

  /// The field that the names stand for.
  Operand field(CelExpr expression) throws ExpressionException {
    Optional<Operand> ofApplication = ofApplication(expression);
    if (ofApplication.isPresent()) {
      return ofApplication.get();
    }
    Path path = path(expression).reduced();
    if (path.root().origin() != Path.Origin.ACCOUNT) {
      return path;
    }
    if (!path.hops().isEmpty()) {
      String relation = path.hops().getFirst().relation().name();
      throw parsed.error(
          expression,
          "Of me its own fields are known: me.%s is the id of a %s, and what that record holds is not at hand"
              .formatted(relation, path.hops().getFirst().target().name()));
    }
    return new AccountField(path, true);
  }

  /// `me.client` or `me.scopes`.
  private Optional<Operand> ofApplication(CelExpr expression) {
    if (vocabulary != Vocabulary.RULE || expression.getKind() != CelExpr.ExprKind.Kind.SELECT) {
      return Optional.empty();
    }
    CelSelect select = expression.select();
    CelExpr owner = select.operand();
    boolean ofMe =
        owner.getKind() == CelExpr.ExprKind.Kind.IDENT && owner.ident().name().equals(ME);
    return ofMe
        ? root(ME).flatMap(me -> ApplicationField.named(select.field(), me))
        : Optional.empty();
  }

  private Path path(CelExpr expression) throws ExpressionException {
    return switch (expression.getKind()) {
      case IDENT -> bareName(expression);
      case SELECT -> selected(expression);
      case NOT_SET, CONSTANT, CALL, LIST, STRUCT, MAP, COMPREHENSION ->
          throw parsed.error(expression, "Only records and values in them have fields");
    };
  }

  private Path bareName(CelExpr expression) throws ExpressionException {
    String name = expression.ident().name();
    if (isNow(expression)) {
      throw parsed.error(expression, "now is a DateTime and has no fields");
    }
    return switch (vocabulary) {
      case FILTER -> filterField(expression, name);
      case RULE ->
          throw parsed.error(
              expression, root(name).isPresent() ? wholeRecord(name) : unknownName(name));
    };
  }

  private Path filterField(CelExpr expression, String name) throws ExpressionException {
    boolean ruleName = name.equals(RECORD) || name.equals(INPUT);
    if (ruleName && model.field(name).isEmpty()) {
      throw parsed.error(
          expression,
          "There is no '%s' in a filter, where the fields of %s stand bare: id, not %s.id"
              .formatted(name, model.name(), name));
    }
    if (name.equals(ME)) {
      throw parsed.error(
          expression,
          "There is no 'me' in a filter: write the id, the name or what is meant itself");
    }
    return parsed.at(
        expression, () -> paths.first(new Path.Root(model, Path.Origin.RECORD, ""), name));
  }

  private static String wholeRecord(String name) {
    return "%s stands for all fields: name one, as in %s.id".formatted(name, name);
  }

  private String unknownName(String name) {
    List<String> fields = model.fields().stream().map(Field::name).toList();
    String hint =
        Nearest.to(name, List.of(RECORD, INPUT, ME, NOW))
            .or(() -> Nearest.to(name, fields).map(field -> RECORD + "." + field))
            .map(near -> ". Did you mean '" + near + "'?")
            .orElse("");
    return "There is no '%s': a rule speaks of record, input, me and now%s".formatted(name, hint);
  }

  /// What the names `record`, `input` and `me` stand for in a rule.
  private Optional<Path.Root> root(String name) {
    return switch (name) {
      case RECORD -> Optional.of(new Path.Root(model, Path.Origin.RECORD, "record."));
      case INPUT -> Optional.of(new Path.Root(model, Path.Origin.INPUT, "input."));
      case ME -> Optional.of(new Path.Root(paths.schema().account(), Path.Origin.ACCOUNT, "me."));
      default -> Optional.empty();
    };
  }

  private Path selected(CelExpr expression) throws ExpressionException {
    CelSelect select = expression.select();
    CelExpr owner = select.operand();
    if (vocabulary == Vocabulary.RULE && owner.getKind() == CelExpr.ExprKind.Kind.IDENT) {
      Optional<Path.Root> root = root(owner.ident().name());
      if (root.isPresent()) {
        return parsed.at(expression, () -> paths.first(root.get(), select.field()));
      }
    }
    Path path = path(owner);
    return parsed.at(expression, () -> paths.next(path, select.field()));
  }
}
