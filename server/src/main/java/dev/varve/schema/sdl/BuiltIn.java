package dev.varve.schema.sdl;

import graphql.language.Document;
import graphql.language.FieldDefinition;
import graphql.language.ObjectTypeDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The models that Varve adds to those of a schema file, written in `built-in.graphql` as any others.
///
/// A schema version is stored with the text of this file, because another release may bring others.
final class BuiltIn {
  /// What schema versions had before Varve added models.
  static final BuiltIn NONE = new BuiltIn("", List.of());

  /// What this release adds.
  static final BuiltIn CURRENT = of(resource());

  private static final String LAST_NAME = "Account";

  private final String text;
  private final List<ObjectTypeDefinition> types;

  private BuiltIn(String text, List<ObjectTypeDefinition> types) {
    this.text = text;
    this.types = types;
  }

  static BuiltIn of(String text) {
    Document document = SchemaParser.unplaced(text);
    return new BuiltIn(text, document.getDefinitionsOfType(ObjectTypeDefinition.class));
  }

  private static String resource() {
    try (InputStream file = BuiltIn.class.getResourceAsStream("built-in.graphql")) {
      return new String(
          Objects.requireNonNull(file, "built-in.graphql").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text() {
    return text;
  }

  /// Those that every schema has.
  List<ObjectTypeDefinition> everywhere() {
    return types.stream().filter(type -> !isAccount(type)).toList();
  }

  /// The model of accounts, for a schema that has none.
  Optional<ObjectTypeDefinition> account() {
    return types.stream().filter(BuiltIn::isAccount).findFirst();
  }

  /// The same under the name that it has where its own is taken.
  Optional<ObjectTypeDefinition> renamedAccount() {
    return account().map(type -> type.transform(builder -> builder.name(LAST_NAME)));
  }

  /// The fields that every model of accounts has.
  List<FieldDefinition> accountFields() {
    return account().map(ObjectTypeDefinition::getFieldDefinitions).orElse(List.of());
  }

  static boolean isAccount(ObjectTypeDefinition type) {
    return type.hasDirective(KnownDirective.ACCOUNT.directiveName());
  }
}
