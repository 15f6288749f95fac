package dev.varve.schema.sdl;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.schema.record.InputReader;
import dev.varve.schema.sdl.DirectiveReader.Directives;
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
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads `@default(value:)`: a literal, or the same in quotes, into a value of the field's type.
final class DefaultReader {
  // longer is no number that a field takes
  private static final int NUMBER_LENGTH_MAX = 64;

  private DefaultReader() {}

  /// The field with the default that it is given, if it is given one.
  static Field withDefault(Field field, Directives directives) {
    return directives
        .one(KnownDirective.DEFAULT)
        .flatMap(given -> read(field, given))
        .map(field::withDefault)
        .orElse(field);
  }

  private static Optional<Object> read(Field field, Arguments directive) {
    directive.require("value", "@default(value: ...)");
    Optional<Value<?>> literal = directive.value("value");
    if (literal.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> refusal = refusal(field, literal.get());
    if (refusal.isPresent()) {
      directive.refuse("value", refusal.get());
      return Optional.empty();
    }
    List<FieldError> errors = new ArrayList<>();
    Object plain = unquoted(field, plain(literal.get()));
    Object value = InputReader.value(field, plain, field.name(), errors);
    for (FieldError error : errors) {
      directive.refuse(
          "value",
          "The default of '%s' cannot be used: %s%s%s"
              .formatted(
                  field.name(),
                  within(field, error),
                  error.message(),
                  error.message().endsWith("?") ? "" : "."));
    }
    return errors.isEmpty() ? Optional.ofNullable(value) : Optional.empty();
  }

  /// The part of the default that is wrong, unless it is the whole.
  private static String within(Field field, FieldError error) {
    return error.field().equals(field.name()) ? "" : error.field() + " ";
  }

  private static Optional<String> refusal(Field field, Value<?> literal) {
    if (field.type() instanceof RelationType relation) {
      return Optional.of(
          "'%s' refers to a record of %s, which may not be there: a relation has no default."
              .formatted(field.name(), relation.target()));
    }
    if (literal instanceof NullValue) {
      return Optional.of(
          "null is no default: leave '%s' without @default and without '!'."
              .formatted(field.name()));
    }
    boolean moment = field.type() == ScalarType.DATE_TIME || field.type() == ScalarType.DATE;
    if (moment && literal instanceof StringValue text && SourceText.value(text).equals("now")) {
      return Optional.of(
          "\"now\" is not supported as a default: createdAt and updatedAt keep the times of a record.");
    }
    if (literal instanceof EnumValue word && !(field.type() instanceof EnumType)) {
      return Optional.of(
          "'%s' is no %s: write \"%s\" in quotes."
              .formatted(word.getName(), field.type().schemaName(), word.getName()));
    }
    return Optional.empty();
  }

  private static @Nullable Object plain(Value<?> literal) {
    return switch (literal) {
      case StringValue text -> SourceText.value(text);
      case EnumValue word -> word.getName();
      case BooleanValue bool -> bool.isValue();
      case IntValue number -> whole(number.getValue());
      case FloatValue number -> number.getValue();
      case ArrayValue array -> {
        List<@Nullable Object> elements = new ArrayList<>();
        for (Value<?> element : array.getValues()) {
          elements.add(plain(element));
        }
        yield elements;
      }
      case ObjectValue object -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (ObjectField member : object.getObjectFields()) {
          members.put(member.getName(), plain(member.getValue()));
        }
        yield members;
      }
      default -> null;
    };
  }

  private static Object whole(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : new BigDecimal(number);
  }

  /// What the text stands for when the field holds no text: a number, a truth value, a list, a value.
  private static @Nullable Object unquoted(Field field, @Nullable Object plain) {
    if (!(plain instanceof String text)) {
      return plain;
    }
    if (field.list() || field.type() instanceof ValueType) {
      return json(text);
    }
    if (!(field.type() instanceof ScalarType scalar)) {
      return plain;
    }
    return switch (scalar) {
      case INT, LONG, FLOAT, DECIMAL -> number(text);
      case BOOLEAN ->
          text.equals("true") || text.equals("false") ? (Object) Boolean.valueOf(text) : text;
      case ID, STRING, UUID, EMAIL, URL, DATE_TIME, DATE, JSON -> text;
    };
  }

  private static @Nullable Object json(String text) {
    try {
      return Json.read(text.getBytes(StandardCharsets.UTF_8));
    } catch (Problem notJson) {
      return text;
    }
  }

  private static Object number(String text) {
    if (text.length() > NUMBER_LENGTH_MAX) {
      return text;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException notNumber) {
      return text;
    }
  }
}
