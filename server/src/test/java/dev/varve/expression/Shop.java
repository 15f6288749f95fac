package dev.varve.expression;

import dev.varve.schema.CachePolicy;
import dev.varve.schema.Constraints;
import dev.varve.schema.Entity;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.RelationType.OnDelete;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.ValueType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A schema with a field of every type, all optional, and relations two deep.
final class Shop {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  static final EnumType STATUS =
      new EnumType("OrderStatus", List.of("DRAFT", "PAID", "SHIPPED"), "");
  static final EnumType COLOUR = new EnumType("Colour", List.of("RED", "GREEN", "DRAFT"), "");

  static final ValueType GEO =
      new ValueType(
          "Geo",
          List.of(field(0, "latitude", ScalarType.FLOAT), field(1, "place", ScalarType.STRING)),
          "");

  static final ValueType ADDRESS =
      new ValueType(
          "Address",
          List.of(
              field(0, "city", ScalarType.STRING),
              field(1, "floor", ScalarType.INT),
              field(2, "area", ScalarType.FLOAT),
              decimal(3, "rent", 2, false),
              field(4, "since", ScalarType.DATE_TIME),
              field(5, "built", ScalarType.DATE),
              field(6, "verified", ScalarType.BOOLEAN),
              field(7, "colour", COLOUR),
              list(8, "labels", ScalarType.STRING),
              field(9, "geo", GEO),
              field(10, "note", ScalarType.JSON)),
          "");

  static final Model TEAM =
      model(
          "Team",
          "teams",
          List.of(),
          fields(
              field(0, "name", ScalarType.STRING),
              decimal(0, "budget", 2, false),
              list(0, "tags", ScalarType.STRING)));

  static final Model USER =
      model(
          "User",
          "users",
          List.of(),
          fields(
              field(0, "email", ScalarType.EMAIL),
              field(0, "name", ScalarType.STRING),
              field(0, "active", ScalarType.BOOLEAN),
              field(0, "home", ADDRESS),
              field(0, "team", new RelationType("Team", OnDelete.SET_NULL))));

  static final Model ORDER =
      model(
          "Order",
          "orders",
          List.of(
              new HasMany(
                  "lines", "OrderLine", "order", Optional.empty(), "", SourceLocation.NONE)),
          fields(
              field(0, "user", new RelationType("User", OnDelete.RESTRICT)),
              field(0, "approver", new RelationType("User", OnDelete.SET_NULL)),
              field(0, "parent", new RelationType("Order", OnDelete.SET_NULL)),
              field(0, "status", STATUS),
              field(0, "colour", COLOUR),
              field(0, "note", ScalarType.STRING),
              field(0, "title", ScalarType.STRING),
              decimal(0, "total", 2, false),
              decimal(0, "paid", 2, false),
              decimal(0, "rate", 4, false),
              field(0, "quantity", ScalarType.INT),
              field(0, "stock", ScalarType.LONG),
              field(0, "weight", ScalarType.FLOAT),
              field(0, "length", ScalarType.FLOAT),
              field(0, "gift", ScalarType.BOOLEAN),
              field(0, "placedAt", ScalarType.DATE_TIME),
              field(0, "due", ScalarType.DATE),
              field(0, "code", ScalarType.UUID),
              field(0, "page", ScalarType.URL),
              field(0, "extra", ScalarType.JSON),
              list(0, "tags", ScalarType.STRING),
              list(0, "sizes", ScalarType.INT),
              list(0, "colours", COLOUR),
              decimal(0, "prices", 2, true),
              list(0, "visits", ScalarType.DATE_TIME),
              list(0, "places", ADDRESS),
              field(0, "shipTo", ADDRESS)));

  static final Schema SCHEMA =
      new Schema("", List.of(TEAM, USER, ORDER), List.of(STATUS, COLOUR), List.of(GEO, ADDRESS));

  private Shop() {}

  /// An entity with the values given, all others absent.
  static Entity entity(Model model, String id, Map<String, ?> values) {
    @Nullable Object[] all = new Object[model.fields().size()];
    for (Field field : model.fields()) {
      all[field.ordinal()] = values.get(field.name());
    }
    all[0] = id;
    all[model.createdAt().ordinal()] =
        values.containsKey("createdAt") ? values.get("createdAt") : NOW.minusSeconds(3_600);
    all[model.updatedAt().ordinal()] =
        values.containsKey("updatedAt") ? values.get("updatedAt") : NOW.minusSeconds(60);
    all[model.version().ordinal()] = values.containsKey("version") ? values.get("version") : 1L;
    return new Entity(model, all);
  }

  private static Model model(
      String name, String plural, List<HasMany> hasMany, List<Field> declared) {
    List<Field> fields = new ArrayList<>();
    fields.add(field(0, Model.ID, ScalarType.ID));
    for (Field field : declared) {
      fields.add(at(fields.size(), field));
    }
    fields.add(field(fields.size(), Model.CREATED_AT, ScalarType.DATE_TIME));
    fields.add(field(fields.size(), Model.UPDATED_AT, ScalarType.DATE_TIME));
    fields.add(field(fields.size(), Model.VERSION, ScalarType.LONG));
    return new Model(
        name,
        plural,
        plural,
        plural,
        fields,
        hasMany,
        List.of(),
        List.of(),
        CachePolicy.DEFAULT,
        true,
        Optional.empty(),
        List.of(),
        "",
        SourceLocation.NONE);
  }

  private static List<Field> fields(Field... fields) {
    return List.of(fields);
  }

  private static Field at(int ordinal, Field field) {
    return field(ordinal, field.name(), field.type(), field.list(), field.scale());
  }

  private static Field field(int ordinal, String name, FieldType type) {
    return field(ordinal, name, type, false, 0);
  }

  private static Field list(int ordinal, String name, FieldType type) {
    return field(ordinal, name, type, true, 0);
  }

  private static Field decimal(int ordinal, String name, int scale, boolean list) {
    return field(ordinal, name, ScalarType.DECIMAL, list, scale);
  }

  private static Field field(int ordinal, String name, FieldType type, boolean list, int scale) {
    return new Field(
        name,
        ordinal,
        type,
        list,
        false,
        false,
        scale,
        Constraints.NONE,
        Optional.empty(),
        false,
        false,
        false,
        Optional.empty(),
        Optional.empty(),
        "",
        SourceLocation.NONE);
  }
}
