package dev.varve.schema.sdl;

import dev.varve.schema.SourceLocation;
import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.BooleanValue;
import graphql.language.Directive;
import graphql.language.EnumValue;
import graphql.language.FloatValue;
import graphql.language.IntValue;
import graphql.language.Node;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.StringValue;
import graphql.language.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The arguments of a directive, or the members of an object among them, read by their type.
///
/// What is unknown, twice there or of another type is reported, and then counts as absent.
final class Arguments {
  private final String before;
  private final String after;
  private final SourceLocation location;
  private final Map<String, Value<?>> values = new LinkedHashMap<>();
  private final SourceText source;
  private final Mistakes mistakes;

  private Arguments(
      String before, String after, SourceLocation location, SourceText source, Mistakes mistakes) {
    this.before = before;
    this.after = after;
    this.location = location;
    this.source = source;
    this.mistakes = mistakes;
  }

  static Arguments of(
      Directive directive, List<String> known, SourceText source, Mistakes mistakes) {
    String before = "@" + directive.getName() + "(";
    Arguments arguments = new Arguments(before, ")", SourceText.of(directive), source, mistakes);
    for (Argument argument : directive.getArguments()) {
      arguments.put(argument.getName(), argument.getValue(), argument, known);
    }
    return arguments;
  }

  private static Arguments of(
      ObjectValue object, String before, String after, List<String> known, Arguments outer) {
    Arguments arguments =
        new Arguments(before, after, SourceText.of(object), outer.source, outer.mistakes);
    for (ObjectField member : object.getObjectFields()) {
      arguments.put(member.getName(), member.getValue(), member, known);
    }
    return arguments;
  }

  private void put(String name, Value<?> value, Node<?> node, List<String> known) {
    if (!known.contains(name)) {
      String message =
          known.isEmpty()
              ? before.replace("(", "") + " takes no arguments here."
              : "Unknown argument " + label(name) + "." + Mistakes.suggestion(name, known);
      mistakes.add(place(node, value), message);
    } else if (values.putIfAbsent(name, value) != null) {
      mistakes.add(place(node, value), label(name) + " is given twice: keep one.");
    }
  }

  /// Where an argument stands. The parser does not tell where members of objects begin.
  private static SourceLocation place(Node<?> node, Value<?> value) {
    return SourceText.of(node.getSourceLocation() == null ? value : node);
  }

  /// Where the directive or the object begins.
  SourceLocation location() {
    return location;
  }

  /// Where the value of an argument stands, or else the whole.
  SourceLocation location(String name) {
    Value<?> value = values.get(name);
    return value == null ? location : SourceText.of(value);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  Optional<Value<?>> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /// Reports an argument that has to be there and is not.
  ///
  /// @param example what to write
  void require(String name, String example) {
    if (!has(name)) {
      mistakes.add(location, label(name) + " is missing: write " + example + ".");
    }
  }

  /// Reports what is wrong with an argument that could be read.
  void refuse(String name, String message) {
    mistakes.add(location(name), message);
  }

  Optional<String> text(String name, String example) {
    return content(name, example).map(SourceText.Content::text);
  }

  /// A string, and where its first character stands.
  Optional<SourceText.Content> content(String name, String example) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case StringValue string -> Optional.of(source.content(string));
      case Value<?> other -> wrong(other, name, "text in quotes, such as \"" + example + "\"");
    };
  }

  Optional<Integer> whole(String name, int min, int max) {
    Value<?> value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof IntValue number
        && number.getValue().bitLength() < Integer.SIZE
        && number.getValue().intValue() >= min
        && number.getValue().intValue() <= max) {
      return Optional.of(number.getValue().intValue());
    }
    return wrong(value, name, "a whole number from " + min + " to " + max);
  }

  Optional<BigDecimal> number(String name) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case IntValue whole -> Optional.of(new BigDecimal(whole.getValue()));
      case FloatValue number -> Optional.of(number.getValue());
      case Value<?> other -> wrong(other, name, "a number, without quotes");
    };
  }

  Optional<Boolean> bool(String name) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case BooleanValue bool -> Optional.of(bool.isValue());
      case Value<?> other -> wrong(other, name, "true or false");
    };
  }

  <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    Value<?> value = values.get(name);
    return value == null ? Optional.empty() : choice(value, name, type);
  }

  <E extends Enum<E>> List<E> choices(String name, Class<E> type) {
    return elements(name).stream().flatMap(value -> choice(value, name, type).stream()).toList();
  }

  private <E extends Enum<E>> Optional<E> choice(Value<?> value, String name, Class<E> type) {
    List<String> known = Arrays.stream(type.getEnumConstants()).map(Enum::name).toList();
    if (!(value instanceof EnumValue word)) {
      return wrong(value, name, "one of " + String.join(", ", known) + ", without quotes");
    }
    if (!known.contains(word.getName())) {
      mistakes.add(
          SourceText.of(value),
          "Unknown value '%s' of %s.%s"
              .formatted(word.getName(), label(name), Mistakes.suggestion(word.getName(), known)));
      return Optional.empty();
    }
    return Optional.of(Enum.valueOf(type, word.getName()));
  }

  /// A word without quotes, whichever it is.
  Optional<String> word(String name, String example) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case EnumValue word -> Optional.of(word.getName());
      case Value<?> other -> wrong(other, name, "a word without quotes, such as " + example);
    };
  }

  /// The strings of a list, each with its place. An empty list is reported.
  List<SourceText.Content> contents(String name, String example) {
    List<SourceText.Content> contents = new ArrayList<>();
    for (Value<?> value : elements(name)) {
      if (value instanceof StringValue string) {
        contents.add(source.content(string));
      } else {
        wrong(value, name, "a list of names in quotes, such as [\"" + example + "\"]");
      }
    }
    return contents;
  }

  /// The objects of a list. An empty list is reported.
  List<Arguments> objects(String name, List<String> known) {
    List<Arguments> objects = new ArrayList<>();
    for (Value<?> value : elements(name)) {
      if (value instanceof ObjectValue object) {
        objects.add(of(object, before + name + ": [{", "}]" + after, known, this));
      } else {
        wrong(value, name, "a list of objects, such as [{" + known.getFirst() + ": ...}]");
      }
    }
    return objects;
  }

  Optional<Arguments> object(String name, List<String> known) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case ObjectValue object ->
          Optional.of(of(object, before + name + ": {", "}" + after, known, this));
      case Value<?> other ->
          wrong(other, name, "an object, such as {" + known.getFirst() + ": ...}");
    };
  }

  /// GraphQL takes a single element for a list of one.
  private List<Value<?>> elements(String name) {
    Value<?> value = values.get(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof ArrayValue array)) {
      return List.of(value);
    }
    List<Value<?>> elements = new ArrayList<>();
    for (Value<?> element : array.getValues()) {
      elements.add(element);
    }
    if (elements.isEmpty()) {
      mistakes.add(SourceText.of(value), label(name) + " is empty: name one at least.");
    }
    return elements;
  }

  private <T> Optional<T> wrong(Value<?> value, String name, String wanted) {
    mistakes.add(SourceText.of(value), label(name) + " must be " + wanted + ".");
    return Optional.empty();
  }

  private String label(String name) {
    return before + name + ":" + after;
  }
}
