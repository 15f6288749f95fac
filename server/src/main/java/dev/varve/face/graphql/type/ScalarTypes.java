package dev.varve.face.graphql.type;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Rfc3339;
import dev.varve.schema.Field;
import dev.varve.schema.ScalarType;
import dev.varve.schema.record.InputReader;
import graphql.GraphQLContext;
import graphql.Scalars;
import graphql.execution.CoercedVariables;
import graphql.language.ArrayValue;
import graphql.language.BooleanValue;
import graphql.language.EnumValue;
import graphql.language.FloatValue;
import graphql.language.IntValue;
import graphql.language.NullValue;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.language.VariableReference;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;
import graphql.schema.idl.ScalarInfo;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The scalars of the schema file in GraphQL. What callers give is checked as REST checks it, with the same words,
/// and stays the plain value that it is: the field it is for may ask more of it.
public final class ScalarTypes {
  private static final int DIGITS_MAX = 400;
  private static final Map<ScalarType, GraphQLScalarType> TYPES = new EnumMap<>(ScalarType.class);

  static {
    for (ScalarType type : ScalarType.values()) {
      TYPES.put(type, make(type));
    }
  }

  private ScalarTypes() {}

  static GraphQLScalarType of(ScalarType type) {
    return Objects.requireNonNull(TYPES.get(type));
  }

  /// What is wrong with a value for the scalar of that name; null when nothing is.
  public static @Nullable String refusal(String name, Object value) {
    ScalarType type = named(name);
    if (type == ScalarType.ID && value instanceof Map) {
      return "must be the id of a record alone, as text";
    }
    // an id may be a number in GraphQL
    Object plain = type == ScalarType.ID && value instanceof Long ? String.valueOf(value) : value;
    return type == null ? null : new Checked(type).wrong(plain);
  }

  /// Whether the scalar of that name is one that GraphQL itself has.
  public static boolean isOfGraphQl(String name) {
    return ScalarInfo.isGraphqlSpecifiedScalar(name);
  }

  private static @Nullable ScalarType named(String name) {
    for (ScalarType type : ScalarType.values()) {
      if (type.schemaName().equals(name)) {
        return type;
      }
    }
    return null;
  }

  private static GraphQLScalarType make(ScalarType type) {
    return switch (type) {
      case ID -> Scalars.GraphQLID;
      case STRING -> Scalars.GraphQLString;
      case INT -> Scalars.GraphQLInt;
      case FLOAT -> Scalars.GraphQLFloat;
      case BOOLEAN -> Scalars.GraphQLBoolean;
      case LONG -> made(type, "A whole number of 64 bits.", null);
      case DECIMAL ->
          made(
              type,
              "An exact decimal number as text, such as \"19.90\"; numbers are taken too.",
              null);
      case DATE_TIME ->
          made(
              type,
              "An instant with microseconds (RFC 3339), such as 2026-01-31T09:30:00Z; given in UTC.",
              "https://www.rfc-editor.org/rfc/rfc3339");
      case DATE ->
          made(type, "A day, such as 2026-01-31.", "https://www.rfc-editor.org/rfc/rfc3339");
      case UUID -> made(type, "A UUID in lower case.", "https://www.rfc-editor.org/rfc/rfc9562");
      case EMAIL -> made(type, "An e-mail address. Its domain is the same in every case.", null);
      case URL -> made(type, "An absolute http or https URL.", null);
      case JSON -> made(type, "Any JSON.", "https://www.rfc-editor.org/rfc/rfc8259");
    };
  }

  private static GraphQLScalarType made(
      ScalarType type, String description, @Nullable String specification) {
    return GraphQLScalarType.newScalar()
        .name(type.schemaName())
        .description(description)
        .specifiedByUrl(specification)
        .coercing(new Checked(type))
        .build();
  }

  /// A value of a record as it is answered.
  public static Object shown(ScalarType type, Object value) {
    return switch (type) {
      case ID, STRING, UUID, EMAIL, URL, INT, LONG, FLOAT, BOOLEAN, JSON -> value;
      case DECIMAL -> ((BigDecimal) value).toPlainString();
      case DATE_TIME -> Rfc3339.text((Instant) value);
      case DATE -> value.toString();
    };
  }

  /// A value as [dev.varve.kernel.Json] would have read it.
  public static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case Integer number -> (Long) number.longValue();
      case Double number when Double.isFinite(number) -> BigDecimal.valueOf(number);
      case BigInteger number ->
          number.bitLength() < Long.SIZE ? (Object) number.longValue() : new BigDecimal(number);
      case Map<?, ?> members -> {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        members.forEach((name, member) -> plain.put(String.valueOf(name), plain(member)));
        yield plain;
      }
      case List<?> elements -> {
        List<@Nullable Object> plain = new ArrayList<>(elements.size());
        for (Object element : elements) {
          plain.add(plain(element));
        }
        yield plain;
      }
      case null, default -> value;
    };
  }

  /// Checks what is given, and gives it on as it is.
  private record Checked(Field field) implements Coercing<Object, Object> {
    Checked(ScalarType type) {
      // a Decimal may have any number of digits here: its field knows how many there are
      this(Field.plain("value", type));
    }

    @Override
    public Object serialize(Object value, GraphQLContext context, Locale locale) {
      return value;
    }

    @Override
    public Object parseValue(Object given, GraphQLContext context, Locale locale) {
      Object plain = Objects.requireNonNull(plain(given));
      String wrong = wrong(plain);
      if (wrong != null) {
        throw new CoercingParseValueException(wrong);
      }
      return plain;
    }

    @Override
    public Object parseLiteral(
        Value<?> literal, CoercedVariables variables, GraphQLContext context, Locale locale) {
      Object plain = literal(literal, variables);
      String wrong = plain == null ? "must be a value" : wrong(plain);
      if (plain == null || wrong != null) {
        throw new CoercingParseLiteralException(String.valueOf(wrong));
      }
      return plain;
    }

    private @Nullable String wrong(Object plain) {
      if (field.type() == ScalarType.DECIMAL) {
        return isDecimal(plain) ? null : "must be a decimal number, such as \"19.90\"";
      }
      List<FieldError> errors = new ArrayList<>();
      InputReader.value(field, plain, field.name(), errors);
      return errors.isEmpty() ? null : errors.getFirst().message();
    }

    private static boolean isDecimal(Object plain) {
      return plain instanceof Long
          || (plain instanceof BigDecimal number && isWritable(number))
          || (plain instanceof String text && text.matches("[+-]?[0-9]{1,40}(\\.[0-9]{1,40})?"));
    }

    /// What takes more digits to write out is no value of a field, and would fill the memory.
    private static boolean isWritable(BigDecimal number) {
      return number.precision() <= DIGITS_MAX && Math.abs((long) number.scale()) <= DIGITS_MAX;
    }

    private static @Nullable Object literal(Value<?> literal, CoercedVariables variables) {
      return switch (literal) {
        case StringValue text -> text.getValue();
        case IntValue number -> plain(number.getValue());
        case FloatValue number -> number.getValue();
        case BooleanValue bool -> bool.isValue();
        case EnumValue name -> name.getName();
        case VariableReference variable -> plain(variables.get(variable.getName()));
        case ArrayValue array -> {
          List<@Nullable Object> elements = new ArrayList<>();
          array.getValues().forEach(element -> elements.add(literal(element, variables)));
          yield elements;
        }
        case ObjectValue object -> {
          Map<String, @Nullable Object> members = new LinkedHashMap<>();
          for (ObjectField member : object.getObjectFields()) {
            members.put(member.getName(), literal(member.getValue(), variables));
          }
          yield members;
        }
        case NullValue _ -> null;
        default -> null;
      };
    }
  }
}
