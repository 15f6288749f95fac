package dev.varve.schema.sdl;

import dev.varve.schema.Field;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.sdl.FieldReader.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The fields that a model with `@account` has, declared or not: `email`, `name`, `roles`, `verified` and
/// `disabled`.
final class AccountFields {
  private static final String EMAIL = "email";

  private final List<Read> brought;
  private final SourceText source;
  private final Mistakes mistakes;

  /// @param brought as Varve brings them
  AccountFields(List<Read> brought, SourceText source, Mistakes mistakes) {
    this.brought = brought;
    this.source = source;
    this.mistakes = mistakes;
  }

  /// The field as an account needs it: with the rules and the default that Varve brings, where it has none
  /// of its own.
  Read complete(Read declared) {
    Optional<Read> like = brought(declared.field().name());
    like.ifPresent(found -> check(declared.field(), declared.unique(), found));
    return like.map(found -> complete(declared, found, declared.field().ordinal()))
        .orElse(declared);
  }

  private Optional<Read> brought(String name) {
    return brought.stream().filter(each -> each.field().name().equals(name)).findFirst();
  }

  private static Read complete(Read declared, Read like, int ordinal) {
    Field field = declared.field();
    Field complete =
        new Field(
            field.name(),
            ordinal,
            field.shape(),
            field.name().equals(EMAIL) ? field.constraints().inLowerCase() : field.constraints(),
            field.defaultValue().or(like.field()::defaultValue),
            field.setting(),
            field.rules().or(like.field()::rules),
            field.declaration());
    return new Read(complete, declared.uniqueBy());
  }

  private void check(Field field, boolean unique, Read like) {
    boolean fits =
        field.type().equals(like.field().type())
            && field.list() == like.field().list()
            && field.elementsRequired() == like.field().elementsRequired()
            // the name may be left open or not
            && (field.required() || !like.field().required())
            && (unique || !like.unique());
    if (!fits) {
      refuse(field.location(), like);
    } else if (field.immutable() || field.readonly()) {
      mistakes.add(
          field.location(),
          "'%s' of an account changes with it: remove @%s."
              .formatted(field.name(), field.immutable() ? "immutable" : "readonly"));
    }
  }

  private void refuse(SourceLocation location, Read like) {
    Field field = like.field();
    mistakes.add(
        location,
        "'%s' of an account is %s: write '%s: %s%s', or leave the line out."
            .formatted(
                field.name(),
                field.typeText() + (like.unique() ? " and unique" : ""),
                field.name(),
                field.typeText(),
                like.unique() ? " @unique" : ""));
  }

  /// Reports a list of records under the name of one of them.
  void refuseList(graphql.language.FieldDefinition definition) {
    brought(definition.getName()).ifPresent(like -> refuse(source.ofMember(definition), like));
  }

  /// Those that the file does not declare, from `ordinal` on.
  List<Read> missing(List<String> declared, int ordinal) {
    List<Read> missing = new ArrayList<>();
    for (Read like : brought) {
      if (!declared.contains(like.field().name())) {
        missing.add(complete(like, like, ordinal + missing.size()));
      }
    }
    return missing;
  }
}
