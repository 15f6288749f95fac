package dev.varve.face.graphql;

import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Grants;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.Constraints;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Operations that fit a schema, for GraphiQL to open with: a list, the same of the past, a change, and changes as
/// they happen. They are about models that anybody may read and make, where there are such.
final class Samples {
  private static final int FIELDS_MAX = 4;
  private static final int RELATED_FIELDS_MAX = 2;
  private static final String SIGN_IN = "# Sign in for this: the key on the left.\n";

  private final Schema schema;
  private final Access access;
  private final Grants anybody;

  private Samples(Schema schema, Access access) {
    this.schema = schema;
    this.access = access;
    this.anybody = access.grants(Caller.ANONYMOUS);
  }

  /// The text of each operation, in the order in which one would try them; none for a schema without models.
  static List<String> of(Schema schema, Access access) {
    return new Samples(schema, access).all();
  }

  private List<String> all() {
    List<Model> models = declared(schema);
    if (models.isEmpty()) {
      return List.of();
    }
    Model listed =
        first(models, model -> isPublic(model, Operation.READ)).orElse(models.getFirst());
    List<Model> makeable =
        models.stream().filter(model -> !model.account() && isEasilyMade(model)).toList();
    Optional<Model> made =
        first(makeable, model -> isPublic(model, Operation.CREATE))
            .or(() -> makeable.stream().findFirst());
    List<String> all = new ArrayList<>();
    all.add(list(listed));
    if (listed.history()) {
      all.add(past(listed));
    }
    made.ifPresent(model -> all.add(creation(model)));
    all.add(changes(made.orElse(listed)));
    return all;
  }

  /// The names of the models that the schema file declares.
  static List<String> models(Schema schema) {
    return declared(schema).stream().map(Model::name).toList();
  }

  private static List<Model> declared(Schema schema) {
    return schema.models().stream().filter(model -> !model.builtIn()).toList();
  }

  private static Optional<Model> first(List<Model> models, Predicate<Model> wanted) {
    return models.stream().filter(wanted).findFirst();
  }

  private boolean isPublic(Model model, Operation operation) {
    return !anybody.records(model, operation).equals(Predicates.never());
  }

  /// Whether its fields can be made up without knowing more than their types.
  private boolean isEasilyMade(Model model) {
    return needed(model).stream().allMatch(Samples::isEasilyMade);
  }

  private static boolean isEasilyMade(Field field) {
    return switch (field.type()) {
      case ScalarType _ -> field.constraints().pattern().isEmpty();
      case EnumType _ -> true;
      case ValueType value -> needed(value).allMatch(Samples::isEasilyMade);
      case RelationType _ -> false;
    };
  }

  private List<Field> needed(Model model) {
    List<Field> owners = access.ownersAtCreation(model);
    return model.fields().stream()
        .filter(Samples::isNeeded)
        .filter(field -> !owners.contains(field))
        .toList();
  }

  private static Stream<Field> needed(ValueType value) {
    return value.fields().stream().filter(Samples::isNeeded);
  }

  private static boolean isNeeded(Field field) {
    return field.required()
        && field.defaultValue().isEmpty()
        && !field.system()
        && !field.readonly();
  }

  private String list(Model model) {
    return """
    # Run: Ctrl-Enter. Suggestions: Ctrl-Space.
    # All types are in the book on the left.
    # Next: the past, a change, live changes.
    %squery %s {
    %s}\
    """
        .formatted(hint(model, Operation.READ), capital(model.plural()), listField(model));
  }

  private String past(Model model) {
    return """
    # The same as of an earlier moment: a log
    # position, or such as 2026-03-01T00:00:00Z.
    %squery %sBefore @asOf(at: "position:1") {
    %s}\
    """
        .formatted(hint(model, Operation.READ), capital(model.plural()), listField(model));
  }

  private String hint(Model model, Operation operation) {
    return isPublic(model, operation) ? "" : SIGN_IN;
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private String listField(Model model) {
    List<String> selections = new ArrayList<>(plain(model, FIELDS_MAX));
    related(model).ifPresent(selections::add);
    return indented(block(GraphQlNames.many(model) + "(limit: 5)", selections));
  }

  private static List<String> plain(Model model, int fieldsMax) {
    return Stream.concat(
            Stream.of(Model.ID),
            model.fields().stream()
                .filter(field -> !field.system() && field.rules().isEmpty())
                .filter(
                    field -> field.type() instanceof ScalarType || field.type() instanceof EnumType)
                .map(Field::name)
                .limit(fieldsMax))
        .toList();
  }

  private Optional<String> related(Model model) {
    boolean open = isPublic(model, Operation.READ);
    Predicate<Model> isSeen =
        other -> other.history() && (!open || isPublic(other, Operation.READ));
    return Stream.concat(
            model.hasMany().stream()
                .filter(many -> many.rules().isEmpty())
                .filter(many -> isSeen.test(schema.require(many.target())))
                .map(this::many),
            model.fields().stream()
                .filter(field -> field.rules().isEmpty())
                .flatMap(field -> field.relation().map(to -> Map.entry(field, to)).stream())
                .filter(entry -> isSeen.test(schema.require(entry.getValue().target())))
                .map(entry -> one(entry.getKey(), entry.getValue())))
        .findFirst();
  }

  private String many(HasMany many) {
    return block(
        many.name() + "(limit: 3)", plain(schema.require(many.target()), RELATED_FIELDS_MAX));
  }

  private String one(Field field, RelationType relation) {
    return block(field.name(), plain(schema.require(relation.target()), RELATED_FIELDS_MAX));
  }

  private static String block(String head, List<String> lines) {
    return head + " {\n" + indented(String.join("\n", lines)) + "}";
  }

  private static String indented(String text) {
    return text.indent(2);
  }

  private String creation(Model model) {
    List<String> inputs = needed(model).stream().map(Samples::given).toList();
    String field = block(GraphQlNames.create(model) + "(input:", inputs) + ")";
    return """
    # The fields of a mutation are one unit:
    # kept together, or refused together.
    %smutation %s {
    %s}\
    """
        .formatted(
            hint(model, Operation.CREATE),
            capital(GraphQlNames.create(model)),
            indented(block(field, plain(model, FIELDS_MAX))));
  }

  private static String given(Field field) {
    return field.name() + ": " + value(field);
  }

  private static String object(Stream<Field> fields) {
    return fields.map(Samples::given).collect(Collectors.joining(", ", "{", "}"));
  }

  private static String value(Field field) {
    if (!field.list()) {
      return element(field);
    }
    return field.constraints().lengthMin().orElse(0) == 0 ? "[]" : "[" + element(field) + "]";
  }

  private static String element(Field field) {
    return switch (field.type()) {
      case ScalarType scalar -> scalar(scalar, field);
      case EnumType type -> type.values().getFirst();
      case ValueType value -> object(needed(value));
      case RelationType relation -> quoted("the id of a " + relation.target());
    };
  }

  private static String scalar(ScalarType type, Field field) {
    return switch (type) {
      case ID -> quoted("some-id");
      case STRING -> quoted(fitting("Some " + words(field.name()), field));
      case INT, LONG ->
          number(field.constraints()).setScale(0, RoundingMode.CEILING).toPlainString();
      case FLOAT -> number(field.constraints()).toPlainString();
      case DECIMAL ->
          quoted(
              number(field.constraints())
                  .setScale(field.scale(), RoundingMode.CEILING)
                  .toPlainString());
      case BOOLEAN -> "true";
      case DATE -> quoted("2026-01-31");
      case DATE_TIME -> quoted("2026-01-31T12:00:00Z");
      case UUID -> quoted("00000000-0000-4000-8000-000000000001");
      case EMAIL -> quoted("someone@example.com");
      case URL -> quoted("https://example.com/");
      case JSON -> "{}";
    };
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  private static String words(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ")
        .replace('_', ' ')
        .toLowerCase(Locale.ROOT);
  }

  private static String fitting(String text, Field field) {
    if (field.list()) {
      return text;
    }
    int least = field.constraints().lengthMin().orElse(0);
    int most = field.constraints().lengthMax().orElse(text.length());
    String filled = text + ".".repeat(Math.max(0, least - text.length()));
    return filled.substring(0, Math.max(least, Math.min(most, filled.length())));
  }

  private static BigDecimal number(Constraints constraints) {
    BigDecimal least = BigDecimal.ONE.max(constraints.rangeMin().orElse(BigDecimal.ONE));
    return least.min(constraints.rangeMax().orElse(least));
  }

  private String changes(Model model) {
    return """
    # Start this, then make or change a %s elsewhere:
    # in a second window, at /docs or with curl.
    # It is shown here as it is committed.
    %ssubscription %sChanges {
    %s}\
    """
        .formatted(
            model.name(),
            hint(model, Operation.READ),
            model.name(),
            indented(
                block(
                    GraphQlNames.changed(model),
                    List.of(
                        "operation",
                        "at",
                        "actor",
                        "changed",
                        block("record", plain(model, FIELDS_MAX))))));
  }
}
