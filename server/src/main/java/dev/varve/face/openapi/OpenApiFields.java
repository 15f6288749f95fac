package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.kernel.Json;
import dev.varve.schema.Constraints;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.schema.record.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The JSON schema (2020-12, as OpenAPI 3.1 has it) of the values of a field.
final class OpenApiFields {
  private static final int DECIMAL_DIGITS_MAX = 18;
  private static final int LIST_ELEMENTS_MAX = 1_000;

  private OpenApiFields() {}

  /// Which way a value goes, and what for.
  enum Mode {
    /// In an answer.
    READ(""),
    /// For a new record.
    CREATE(".Create"),
    /// For all of a record.
    REPLACE(".Replace"),
    /// For some of a record.
    MERGE(".Merge");

    private final String suffix;

    Mode(String suffix) {
      this.suffix = suffix;
    }

    /// The name under which the document keeps the schema of a model in this mode.
    String schemaOf(String model) {
      return model + suffix;
    }

    /// The same for a value type, of which there are three forms.
    String schemaOf(ValueType type) {
      return switch (this) {
        case READ -> type.schemaName();
        case CREATE, REPLACE -> type.schemaName() + ".Input";
        case MERGE -> type.schemaName() + ".Merge";
      };
    }
  }

  static OpenApiNode schema(Field field, Mode mode) {
    OpenApiNode schema = nullable(field.required(), value(field, mode));
    describe(schema, field);
    if (field.system() || field.readonly()) {
      boolean given = mode == Mode.CREATE && field.ordinal() == 0;
      schema.with("readOnly", given ? null : true);
    }
    if ((mode == Mode.CREATE || mode == Mode.REPLACE) && field.defaultValue().isPresent()) {
      // not as `default`: makers of typed clients take that for a member that is always there
      sentence(schema, "Without it `%s`.".formatted(plain(field, field.defaultValue().get())));
    }
    return schema;
  }

  private static void describe(OpenApiNode schema, Field field) {
    StringBuilder text = new StringBuilder(field.description());
    if (field.type() instanceof RelationType relation) {
      sentence(text, "The id of a record of " + relation.target() + ".");
    }
    if (field.immutable()) {
      sentence(text, "It keeps the value it was created with.");
    }
    if (field.type() == ScalarType.DECIMAL) {
      range(field.constraints(), text);
    }
    if (!text.isEmpty()) {
      schema.with("description", text.toString());
    }
  }

  // a schema can bound numbers, and a Decimal is text
  private static void range(Constraints constraints, StringBuilder text) {
    constraints
        .rangeMin()
        .ifPresent(min -> sentence(text, "At least " + min.toPlainString() + "."));
    constraints.rangeMax().ifPresent(max -> sentence(text, "At most " + max.toPlainString() + "."));
  }

  private static void sentence(OpenApiNode schema, String sentence) {
    StringBuilder text = new StringBuilder();
    if (schema.get("description") instanceof String described) {
      text.append(described);
    }
    sentence(text, sentence);
    schema.with("description", text.toString());
  }

  static void sentence(StringBuilder text, String sentence) {
    if (!text.isEmpty() && !text.toString().endsWith("\n")) {
      text.append(' ');
    }
    text.append(sentence);
  }

  private static OpenApiNode value(Field field, Mode mode) {
    if (!field.list()) {
      return length(field.constraints(), element(field, mode), "Length");
    }
    OpenApiNode list =
        node("type", "array")
            .with("items", nullable(field.elementsRequired(), element(field, mode)))
            .with("maxItems", LIST_ELEMENTS_MAX);
    return length(field.constraints(), list, "Items");
  }

  private static OpenApiNode length(Constraints constraints, OpenApiNode schema, String what) {
    constraints.lengthMin().ifPresent(min -> schema.with("min" + what, min));
    constraints
        .lengthMax()
        .filter(max -> !(schema.get("max" + what) instanceof Integer bound) || max < bound)
        .ifPresent(max -> schema.with("max" + what, max));
    return schema;
  }

  /// The schema of a value, or of an element of a list, without its length.
  static OpenApiNode element(Field field, Mode mode) {
    return switch (field.type()) {
      case EnumType type -> reference("schemas", type.schemaName());
      case ValueType type -> reference("schemas", mode.schemaOf(type));
      case RelationType _ -> id();
      case ScalarType scalar -> constrained(field, scalar(field, scalar, mode));
    };
  }

  static OpenApiNode id() {
    return node("type", "string").with("minLength", 1).with("maxLength", 128);
  }

  private static OpenApiNode scalar(Field field, ScalarType type, Mode mode) {
    return switch (type) {
      case ID -> id();
      case STRING -> node("type", "string");
      case INT ->
          node("type", "integer")
              .with("format", "int32")
              .with("minimum", Integer.MIN_VALUE)
              .with("maximum", Integer.MAX_VALUE);
      case LONG -> node("type", "integer").with("format", "int64");
      case FLOAT -> node("type", "number").with("format", "double");
      case BOOLEAN -> node("type", "boolean");
      case DECIMAL -> decimal(field.scale(), mode);
      case DATE_TIME -> node("type", "string").with("format", "date-time");
      case DATE -> node("type", "string").with("format", "date");
      case UUID -> node("type", "string").with("format", "uuid");
      case EMAIL -> node("type", "string").with("format", "email").with("maxLength", 254);
      case URL -> node("type", "string").with("format", "uri").with("maxLength", 2_048);
      case JSON -> node("description", "Any JSON value.");
    };
  }

  private static OpenApiNode decimal(int scale, Mode mode) {
    String digits = "^-?[0-9]{1,%d}".formatted(DECIMAL_DIGITS_MAX - scale);
    if (mode == Mode.READ) {
      String fraction = scale == 0 ? "" : "\\.[0-9]{%d}".formatted(scale);
      return node("type", "string")
          .with("format", "decimal")
          .with("pattern", digits + fraction + "$");
    }
    String fraction = scale == 0 ? "" : "(\\.[0-9]{1,%d})?".formatted(scale);
    return node("type", List.of("string", "number"))
        .with("format", "decimal")
        .with("pattern", digits + fraction + "$");
  }

  private static OpenApiNode constrained(Field field, OpenApiNode schema) {
    Constraints constraints = field.constraints();
    constraints
        .pattern()
        .ifPresent(pattern -> schema.with("pattern", "^(?:" + pattern.pattern() + ")$"));
    if (field.type() != ScalarType.DECIMAL) {
      constraints.rangeMin().ifPresent(min -> schema.with("minimum", min));
      constraints.rangeMax().ifPresent(max -> schema.with("maximum", max));
    }
    return schema;
  }

  static OpenApiNode nullable(boolean required, OpenApiNode schema) {
    if (required) {
      return schema;
    }
    Object type = schema.get("type");
    return switch (type) {
      case String one -> schema.with("type", List.of(one, "null"));
      case List<?> many -> schema.with("type", withNull(many));
      case null, default -> schema.has("$ref") || schema.has("anyOf") ? orNull(schema) : schema;
    };
  }

  private static List<Object> withNull(List<?> types) {
    List<Object> more = new ArrayList<>(types);
    more.add("null");
    return more;
  }

  static OpenApiNode orNull(OpenApiNode schema) {
    return node("anyOf", List.of(schema.members(), Map.of("type", "null")));
  }

  /// A value of the field as JSON.
  private static String plain(Field field, Object value) {
    return new String(
        Json.bytes(generator -> JsonValues.write(generator, field, value)), StandardCharsets.UTF_8);
  }
}
