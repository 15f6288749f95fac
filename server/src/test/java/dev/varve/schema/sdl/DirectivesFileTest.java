package dev.varve.schema.sdl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.schema.CachePolicy;
import dev.varve.schema.Operation;
import dev.varve.schema.RelationType;
import dev.varve.schema.sdl.KnownDirective.Place;
import graphql.language.DirectiveDefinition;
import graphql.language.DirectiveLocation;
import graphql.language.Document;
import graphql.language.EnumTypeDefinition;
import graphql.language.EnumValueDefinition;
import graphql.language.InputObjectTypeDefinition;
import graphql.language.InputValueDefinition;
import graphql.language.ScalarTypeDefinition;
import graphql.parser.Parser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `directives.graphql`, which editors read, says what the parser knows.
class DirectivesFileTest {
  private static final Set<String> GRAPHQL_SCALARS =
      Set.of("ID", "String", "Int", "Float", "Boolean");

  private final Document file = Parser.parse(text());

  private static String text() {
    try (InputStream file =
        Objects.requireNonNull(SchemaParser.class.getResourceAsStream("directives.graphql"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void itDefinesTheDirectivesThatTheParserKnowsWithTheirArguments() {
    Map<String, List<String>> defined =
        file.getDefinitionsOfType(DirectiveDefinition.class).stream()
            .collect(
                Collectors.toMap(
                    DirectiveDefinition::getName,
                    directive -> names(directive.getInputValueDefinitions())));
    Map<String, List<String>> known =
        Arrays.stream(KnownDirective.values())
            .collect(Collectors.toMap(KnownDirective::directiveName, KnownDirective::arguments));
    assertThat(new TreeMap<>(defined)).isEqualTo(new TreeMap<>(known));
  }

  @Test
  void theyStandWhereTheParserLetsThemStand() {
    for (DirectiveDefinition directive : file.getDefinitionsOfType(DirectiveDefinition.class)) {
      KnownDirective known = KnownDirective.named(directive.getName()).orElseThrow();
      Set<String> places = new TreeSet<>();
      if (known.allowedOn(Place.MODEL)) {
        places.add("OBJECT");
      }
      if (Stream.of(Place.FIELD, Place.HAS_MANY, Place.VALUE_FIELD).anyMatch(known::allowedOn)) {
        places.add("FIELD_DEFINITION");
      }
      assertThat(directive.getDirectiveLocations())
          .as(directive.getName())
          .extracting(DirectiveLocation::getName)
          .containsExactlyInAnyOrderElementsOf(places);
      assertThat(directive.isRepeatable()).isEqualTo(known.repeatable());
    }
  }

  @Test
  void itDefinesTheScalarsThatGraphQlHasNot() {
    Set<String> scalars = new TreeSet<>(Declarations.SCALARS);
    scalars.removeAll(GRAPHQL_SCALARS);
    scalars.add("VarveLiteral");
    assertThat(file.getDefinitionsOfType(ScalarTypeDefinition.class))
        .extracting(ScalarTypeDefinition::getName)
        .containsExactlyInAnyOrderElementsOf(scalars);
  }

  @Test
  void itsWordsAreThoseOfTheParser() {
    assertThat(words("VarveOperation")).isEqualTo(names(Operation.values()));
    assertThat(words("VarveOnDelete")).isEqualTo(names(RelationType.OnDelete.values()));
    assertThat(words("VarveCacheStrategy")).isEqualTo(names(CachePolicy.Strategy.values()));
    assertThat(words("VarveAllow")).isEqualTo(RuleReader.ALLOWS);
    assertThat(members("VarveRule")).isEqualTo(RuleReader.MEMBERS);
    assertThat(members("VarveCache")).isEqualTo(ModelReader.CACHE_MEMBERS);
  }

  @Test
  void everythingInItIsDescribed() {
    assertThat(file.getDefinitionsOfType(DirectiveDefinition.class))
        .allSatisfy(directive -> assertThat(directive.getDescription()).isNotNull());
    assertThat(file.getDefinitionsOfType(ScalarTypeDefinition.class))
        .allSatisfy(scalar -> assertThat(scalar.getDescription()).isNotNull());
  }

  private static List<String> names(List<InputValueDefinition> values) {
    return values.stream().map(InputValueDefinition::getName).toList();
  }

  private static List<String> names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).toList();
  }

  private List<String> words(String name) {
    return file.getDefinitionsOfType(EnumTypeDefinition.class).stream()
        .filter(type -> type.getName().equals(name))
        .flatMap(type -> type.getEnumValueDefinitions().stream())
        .map(EnumValueDefinition::getName)
        .toList();
  }

  private List<String> members(String name) {
    return file.getDefinitionsOfType(InputObjectTypeDefinition.class).stream()
        .filter(type -> type.getName().equals(name))
        .flatMap(type -> type.getInputValueDefinitions().stream())
        .map(InputValueDefinition::getName)
        .toList();
  }
}
