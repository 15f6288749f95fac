package dev.varve.schema.sdl;

import dev.varve.schema.Declaration;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.ValueType;
import dev.varve.schema.sdl.KnownDirective.Place;
import graphql.language.Description;
import graphql.language.EnumTypeDefinition;
import graphql.language.EnumValueDefinition;
import graphql.language.FieldDefinition;
import graphql.language.ListType;
import graphql.language.NonNullType;
import graphql.language.ObjectTypeDefinition;
import graphql.language.Type;
import graphql.language.TypeName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads enums, value types, and the types that fields are given.
final class TypeReader {
  // with lists between them, values so deep still fit into the 64 levels that JSON may have
  private static final int VALUE_DEPTH_MAX = 16;
  static final int ENUM_VALUES_MAX = 1_000;

  private final Declarations declarations;
  private final SourceText source;
  private final Mistakes mistakes;
  private final DirectiveReader directives;
  private final ConstraintReader constraints;
  private final Map<String, EnumType> enums = new LinkedHashMap<>();
  private final Map<String, ValueType> valueTypes = new HashMap<>();
  private final Map<String, Integer> depths = new HashMap<>();
  private final Set<String> unfinished = new HashSet<>();

  TypeReader(Declarations declarations, SourceText source, Mistakes mistakes) {
    this.declarations = declarations;
    this.source = source;
    this.mistakes = mistakes;
    this.directives = new DirectiveReader(source, mistakes);
    this.constraints = new ConstraintReader(mistakes);
  }

  /// The type of a field with its brackets and exclamation marks.
  ///
  /// @param location of the name
  record Shape(
      FieldType type,
      boolean list,
      boolean required,
      boolean elementsRequired,
      SourceLocation location) {}

  /// All enums of the file.
  List<EnumType> enums() {
    return declarations.enums().values().stream().map(this::enumType).toList();
  }

  private EnumType enumType(EnumTypeDefinition definition) {
    EnumType known = enums.get(definition.getName());
    if (known != null) {
      return known;
    }
    directives.read(definition, Place.ENUM);
    Set<String> values = new LinkedHashSet<>();
    for (EnumValueDefinition value : definition.getEnumValueDefinitions()) {
      directives.read(value, Place.ENUM_VALUE);
      if (!values.add(value.getName())) {
        mistakes.add(
            source.ofMember(value),
            "%s has the value '%s' twice: keep one."
                .formatted(definition.getName(), value.getName()));
      }
    }
    checkSize(definition, values.size());
    EnumType type =
        new EnumType(definition.getName(), List.copyOf(values), text(definition.getDescription()));
    enums.put(definition.getName(), type);
    return type;
  }

  private void checkSize(EnumTypeDefinition definition, int values) {
    if (values == 0 && !declarations.strayBraces()) {
      mistakes.add(
          source.ofType(definition),
          "enum %s has no values: write one at least.".formatted(definition.getName()));
    } else if (values > ENUM_VALUES_MAX) {
      mistakes.add(
          source.ofType(definition),
          "enum %s has %d values, at most %d are possible: make it a model."
              .formatted(definition.getName(), values, ENUM_VALUES_MAX));
    }
  }

  /// All value types of the file.
  List<ValueType> valueTypes() {
    return declarations.valueTypes().values().stream()
        .flatMap(definition -> valueType(definition).stream())
        .toList();
  }

  /// Absent while it is being read: it would contain itself.
  private Optional<ValueType> valueType(ObjectTypeDefinition definition) {
    String name = definition.getName();
    ValueType known = valueTypes.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    if (!unfinished.add(name)) {
      return Optional.empty();
    }
    directives.read(definition, Place.VALUE_TYPE);
    List<Field> fields = new ArrayList<>();
    for (FieldDefinition field : definition.getFieldDefinitions()) {
      valueField(definition, field, fields.size()).ifPresent(fields::add);
    }
    unfinished.remove(name);
    ValueType type = new ValueType(name, fields, text(definition.getDescription()));
    if (depth(type) == VALUE_DEPTH_MAX + 1) {
      mistakes.add(
          source.ofType(definition),
          "Values in %s lie more than %d deep in each other: flatten them, or make one a model."
              .formatted(name, VALUE_DEPTH_MAX));
    }
    valueTypes.put(name, type);
    return Optional.of(type);
  }

  /// How many values lie in each other, itself included.
  private int depth(ValueType type) {
    int deepest = 0;
    for (Field field : type.fields()) {
      if (field.type() instanceof ValueType inner) {
        deepest = Math.max(deepest, depths.getOrDefault(inner.schemaName(), 0));
      }
    }
    depths.put(type.schemaName(), deepest + 1);
    return deepest + 1;
  }

  private Optional<Field> valueField(
      ObjectTypeDefinition owner, FieldDefinition definition, int ordinal) {
    DirectiveReader.Directives found = directives.read(definition, Place.VALUE_FIELD);
    Optional<Shape> shape = shape(owner.getName(), definition);
    ConstraintReader.Read read = constraints.read(found, shape);
    if (shape.isEmpty()) {
      return Optional.empty();
    }
    if (shape.get().type() instanceof RelationType relation) {
      mistakes.add(
          shape.get().location(),
          "%s is no model, and only models refer to records: give %s a @model, or keep the id of the %s as ID."
              .formatted(owner.getName(), owner.getName(), relation.target()));
      return Optional.empty();
    }
    Field bare =
        new Field(
            definition.getName(),
            ordinal,
            new Field.Shape(
                shape.get().type(),
                shape.get().list(),
                shape.get().required(),
                shape.get().elementsRequired(),
                read.scale()),
            read.constraints(),
            Optional.empty(),
            Field.Setting.FREE,
            Optional.empty(),
            new Declaration(
                Optional.empty(), text(definition.getDescription()), source.ofMember(definition)));
    return Optional.of(DefaultReader.withDefault(bare, found));
  }

  /// The type of a field, unless it is reported as wrong.
  ///
  /// @param owner the name of the type that has the field
  Optional<Shape> shape(String owner, FieldDefinition definition) {
    if (!definition.getInputValueDefinitions().isEmpty()) {
      mistakes.add(
          source.ofMember(definition),
          "Fields take no arguments: remove those of '%s'.".formatted(definition.getName()));
    }
    Type<?> type = definition.getType();
    boolean required = type instanceof NonNullType;
    Type<?> inner = bare(type);
    boolean list = inner instanceof ListType;
    Type<?> element = inner instanceof ListType listType ? listType.getType() : inner;
    boolean elementsRequired = list && element instanceof NonNullType;
    if (bare(element) instanceof TypeName name) {
      return fieldType(owner, name)
          .map(read -> new Shape(read, list, required, elementsRequired, SourceText.of(name)));
    }
    mistakes.add(
        SourceText.of(type),
        "Lists of lists are not supported: make the inner list a field of a type of its own.");
    return Optional.empty();
  }

  private static Type<?> bare(Type<?> type) {
    return type instanceof NonNullType nonNull ? nonNull.getType() : type;
  }

  private Optional<FieldType> fieldType(String owner, TypeName typeName) {
    String name = typeName.getName();
    Optional<ScalarType> scalar =
        Arrays.stream(ScalarType.values())
            .filter(each -> each.schemaName().equals(name))
            .findFirst();
    if (scalar.isPresent()) {
      return Optional.of(scalar.get());
    }
    EnumTypeDefinition enumType = declarations.enums().get(name);
    if (enumType != null) {
      return Optional.of(enumType(enumType));
    }
    ObjectTypeDefinition model = declarations.models().get(name);
    if (model != null) {
      return Optional.of(
          new RelationType(name, ModelReader.idType(model), RelationType.OnDelete.RESTRICT));
    }
    ObjectTypeDefinition valueType = declarations.valueTypes().get(name);
    if (valueType == null) {
      mistakes.add(
          SourceText.of(typeName),
          "Unknown type '%s'.%s"
              .formatted(name, Mistakes.suggestion(name, declarations.typeNames())));
      return Optional.empty();
    }
    Optional<ValueType> value = valueType(valueType);
    if (value.isEmpty()) {
      mistakes.add(
          SourceText.of(typeName),
          "%s would contain itself: a value cannot. Give %s a @model, or use JSON."
              .formatted(name, owner));
    }
    return value.map(each -> each);
  }

  /// The text of a description, empty when there is none.
  static String text(@Nullable Description description) {
    return description == null ? "" : description.getContent().strip();
  }
}
