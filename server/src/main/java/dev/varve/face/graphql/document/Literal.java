package dev.varve.face.graphql.document;

import dev.varve.face.graphql.type.ScalarTypes;
import graphql.language.ArrayValue;
import graphql.language.BooleanValue;
import graphql.language.EnumValue;
import graphql.language.FloatValue;
import graphql.language.IntValue;
import graphql.language.ObjectValue;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.language.VariableReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a value that stands in a document has over one of JSON: a name is no text there, and a variable may stand for
/// a part of it.
sealed interface Literal {
  /// A value of an enum: `PAID`.
  record Name(String name) implements Literal {}

  /// `"PAID"`.
  record Text(String text) implements Literal {}

  /// `$status`.
  record Variable(String name) implements Literal {}

  /// Lists and maps of literals, and plain numbers and truth values.
  static @Nullable Object of(Value<?> value) {
    return switch (value) {
      case EnumValue name -> new Name(name.getName());
      case StringValue text -> new Text(String.valueOf(text.getValue()));
      case VariableReference variable -> new Variable(variable.getName());
      case IntValue number -> ScalarTypes.plain(number.getValue());
      case FloatValue number -> number.getValue();
      case BooleanValue bool -> bool.isValue();
      case ArrayValue array -> {
        List<@Nullable Object> elements = new ArrayList<>();
        array.getValues().forEach(element -> elements.add(of(element)));
        yield elements;
      }
      case ObjectValue object -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        object
            .getObjectFields()
            .forEach(member -> members.put(member.getName(), of(member.getValue())));
        yield members;
      }
      default -> null;
    };
  }

  static boolean hasVariable(@Nullable Object value) {
    return switch (value) {
      case Variable _ -> true;
      case List<?> elements -> elements.stream().anyMatch(Literal::hasVariable);
      case Map<?, ?> members -> members.values().stream().anyMatch(Literal::hasVariable);
      case null, default -> false;
    };
  }

  /// The same as a value of JSON.
  ///
  /// @param strict whether a name is none
  static @Nullable Object withoutNames(@Nullable Object value, boolean strict) {
    return switch (value) {
      case Name name -> strict ? (Object) name : name.name();
      case Text(String text) -> text;
      case List<?> elements -> {
        List<@Nullable Object> plain = new ArrayList<>();
        elements.forEach(element -> plain.add(withoutNames(element, strict)));
        yield plain;
      }
      case Map<?, ?> members -> {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        members.forEach(
            (name, member) -> plain.put(String.valueOf(name), withoutNames(member, strict)));
        yield plain;
      }
      case null, default -> value;
    };
  }
}
