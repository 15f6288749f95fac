package dev.varve.schema.sdl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.varve.schema.AuthRule;
import dev.varve.schema.AuthRule.Allow;
import dev.varve.schema.CachePolicy;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.RelationType;
import dev.varve.schema.RelationType.OnDelete;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.ValueType;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A whole schema file of a shop, read part by part.
public class ShopSchemaTest {
  private final Schema shop = Schemas.parse(shopText());

  public static String shopText() {
    try (InputStream file =
        Objects.requireNonNull(ShopSchemaTest.class.getResourceAsStream("shop.graphql"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void modelsStandInTheOrderOfTheFileWithTheirNames() {
    assertThat(shop.models())
        .extracting(Model::name, Model::plural, Model::path, Model::table)
        .containsExactly(
            tuple("User", "users", "users", "users"),
            tuple("Order", "orders", "orders", "orders"),
            tuple("OrderLine", "orderLines", "order-lines", "order_lines"),
            tuple("Account", "accounts", "accounts", "accounts"),
            tuple("SecurityEvent", "securityEvents", "security-events", "security_events"));
  }

  @Test
  void fieldsBeginWithTheIdAndEndWithWhatVarveKeeps() {
    assertThat(shop.require("User").fields())
        .extracting(Field::name, Field::ordinal, Field::typeText, Field::system)
        .containsExactly(
            tuple("id", 0, "ID!", true),
            tuple("email", 1, "Email!", false),
            tuple("name", 2, "String!", false),
            tuple("createdAt", 3, "DateTime!", true),
            tuple("updatedAt", 4, "DateTime!", true),
            tuple("version", 5, "Int!", true));
  }

  @Test
  void anIdIsAddedWhereNoneIsDeclared() {
    assertThat(shop.require("OrderLine").id().typeText()).isEqualTo("ID!");
    assertThat(shop.require("Order").id().type()).isEqualTo(ScalarType.UUID);
  }

  @Test
  void relationsReferByNameAndKnowWhatADeletionMeans() {
    assertThat(field("Order", "user").relation())
        .contains(new RelationType("User", ScalarType.ID, OnDelete.RESTRICT));
    assertThat(field("OrderLine", "order").relation())
        .contains(new RelationType("Order", ScalarType.UUID, OnDelete.CASCADE));
    assertThat(field("Order", "user").immutable()).isTrue();
    HasMany orders = shop.require("User").hasMany("orders").orElseThrow();
    assertThat(orders.target()).isEqualTo("Order");
    assertThat(orders.by()).isEqualTo("user");
  }

  @Test
  void defaultsAreValuesOfTheFieldsType() {
    assertThat(field("Order", "status").defaultValue()).contains("DRAFT");
    assertThat(field("Order", "tags").defaultValue()).contains(List.of());
    assertThat(field("Order", "total").defaultValue()).isEmpty();
  }

  @Test
  void constraintsAndScalesAreRead() {
    assertThat(field("User", "name").constraints().lengthMax()).contains(100);
    assertThat(field("Order", "total").constraints().rangeMin()).contains(BigDecimal.ZERO);
    assertThat(field("Order", "total").scale()).isEqualTo(2);
    assertThat(field("OrderLine", "weight").scale()).isEqualTo(6);
    assertThat(field("OrderLine", "weight").readonly()).isTrue();
    assertThat(field("OrderLine", "number").scale()).isZero();
  }

  @Test
  void everyUniqueEveryIndexAndEveryRelationHasAnIndex() {
    assertThat(indexes("User")).containsExactly("unique email");
    assertThat(indexes("Order")).containsExactly("status, createdAt", "user");
    assertThat(indexes("OrderLine")).containsExactly("unique order, number");
  }

  @Test
  void cacheAndHistoryAreRead() {
    assertThat(shop.require("Order").cache())
        .isEqualTo(
            new CachePolicy(
                CachePolicy.Strategy.CACHE_ASIDE, Duration.ofMinutes(10), OptionalLong.of(500)));
    assertThat(shop.require("User").cache()).isEqualTo(CachePolicy.DEFAULT);
    assertThat(shop.require("User").history()).isTrue();
    assertThat(shop.require("OrderLine").history()).isFalse();
  }

  @Test
  void rulesKnowWhereTheirExpressionsStand() {
    List<AuthRule> rules = shop.require("Order").rules();
    assertThat(rules.get(0).allow()).isEqualTo(new Allow.Public());
    assertThat(rules.get(0).operations()).isEqualTo(Set.of(Operation.CREATE));
    assertThat(rules.get(1).allow())
        .isEqualTo(new Allow.Where("record.status == 'SHARED'", new SourceLocation(15, 27)));
    assertThat(rules.get(1).location()).isEqualTo(new SourceLocation(15, 5));
    assertThat(rules.get(2).allow())
        .isEqualTo(
            new Allow.Where(
                "record.status == 'DRAFT'\n        && record.total < 1000.0",
                new SourceLocation(17, 7)));
    assertThat(shop.require("OrderLine").rules()).isEmpty();
  }

  @Test
  void aRuleWithoutOperationsIsForAll() {
    List<AuthRule> rules = field("Order", "internalNote").rules().orElseThrow();
    assertThat(rules.getFirst().operations()).isEqualTo(EnumSet.allOf(Operation.class));
    assertThat(field("Order", "total").rules()).isEmpty();
  }

  @Test
  void valuesAndEnumsAreTypes() {
    ValueType address = (ValueType) field("Order", "shipTo").type();
    assertThat(address.fields())
        .extracting(Field::typeText)
        .containsExactly("String!", "String!", "String!");
    assertThat(address.field("country").map(Field::ordinal)).isEqualTo(Optional.of(2));
    assertThat(shop.enums().getFirst().values())
        .containsExactly("DRAFT", "PAID", "SHIPPED", "SHARED");
    assertThat(shop.valueTypes()).containsExactly(address);
  }

  @Test
  void descriptionsAndPlacesAreKept() {
    assertThat(shop.require("User").description()).isEqualTo("Who buys.");
    assertThat(shop.require("User").location()).isEqualTo(new SourceLocation(2, 6));
    assertThat(field("User", "email").description()).isEqualTo("Where the receipt goes.");
    assertThat(field("User", "email").location()).isEqualTo(new SourceLocation(6, 3));
    assertThat(shop.source()).startsWith(shopText());
  }

  private Field field(String model, String name) {
    return shop.require(model).field(name).orElseThrow();
  }

  private List<String> indexes(String model) {
    return shop.require(model).indexes().stream()
        .map(index -> (index.unique() ? "unique " : "") + String.join(", ", index.fieldNames()))
        .toList();
  }
}
