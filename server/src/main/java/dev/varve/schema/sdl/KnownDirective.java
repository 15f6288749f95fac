package dev.varve.schema.sdl;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The directives of a schema file: where each may stand and which arguments it takes.
///
/// `directives.graphql` tells editors the same.
enum KnownDirective {
  MODEL("model", Set.of(Place.MODEL), false, List.of("plural", "cache", "history")),
  ACCOUNT("account", Set.of(Place.MODEL), false, List.of()),
  AUTH("auth", Set.of(Place.MODEL, Place.FIELD, Place.HAS_MANY), false, List.of("rules")),
  UNIQUE("unique", Set.of(Place.MODEL, Place.FIELD), true, List.of("fields")),
  INDEX("index", Set.of(Place.MODEL), true, List.of("fields")),
  RENAMED_FROM("renamedFrom", Set.of(Place.MODEL, Place.FIELD), false, List.of("name")),
  REMOVED("removed", Set.of(Place.MODEL), false, List.of("fields")),
  DEFAULT("default", Set.of(Place.FIELD, Place.VALUE_FIELD), false, List.of("value")),
  LENGTH("length", Set.of(Place.FIELD, Place.VALUE_FIELD), false, List.of("min", "max")),
  RANGE("range", Set.of(Place.FIELD, Place.VALUE_FIELD), false, List.of("min", "max")),
  PATTERN("pattern", Set.of(Place.FIELD, Place.VALUE_FIELD), false, List.of("regex")),
  SCALE("scale", Set.of(Place.FIELD, Place.VALUE_FIELD), false, List.of("digits")),
  IMMUTABLE("immutable", Set.of(Place.FIELD), false, List.of()),
  READONLY("readonly", Set.of(Place.FIELD), false, List.of()),
  RELATION("relation", Set.of(Place.FIELD), false, List.of("onDelete")),
  HAS_MANY("hasMany", Set.of(Place.HAS_MANY), false, List.of("by"));

  /// What a directive can stand on.
  enum Place {
    MODEL("a type with @model"),
    VALUE_TYPE("a type without @model"),
    FIELD("a field of a type with @model"),
    HAS_MANY("a list of another model"),
    VALUE_FIELD("a field of a type without @model"),
    ENUM("an enum"),
    ENUM_VALUE("a value of an enum");

    private final String text;

    Place(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  static final List<String> NAMES =
      Arrays.stream(values()).map(KnownDirective::directiveName).toList();

  private final String directiveName;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<Place> places;

  private final boolean repeatable;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> arguments;

  KnownDirective(
      String directiveName, Set<Place> places, boolean repeatable, List<String> arguments) {
    this.directiveName = directiveName;
    this.places = places;
    this.repeatable = repeatable;
    this.arguments = arguments;
  }

  static Optional<KnownDirective> named(String name) {
    return Arrays.stream(values()).filter(known -> known.directiveName.equals(name)).findFirst();
  }

  /// Without `@`.
  String directiveName() {
    return directiveName;
  }

  boolean allowedOn(Place place) {
    return places.contains(place);
  }

  /// The places where it may stand, in words.
  String placesText() {
    return Arrays.stream(Place.values())
        .filter(places::contains)
        .map(Place::text)
        .collect(Collectors.joining(" or "));
  }

  /// Whether it may stand several times on a type; on a field nothing may.
  boolean repeatable() {
    return repeatable;
  }

  List<String> arguments() {
    return arguments;
  }
}
