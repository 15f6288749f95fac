package dev.varve.lane.expression;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.sdl.Schemas;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A schema with an optional field of every type, and relations two deep.
final class Shop {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  static final Schema SCHEMA =
      Schemas.parse(
          """
          type Team @model @auth(rules: [{allow: public}]) {
            name: String
            budget: Decimal @scale(digits: 2)
            tags: [String]
          }

          type User @model @auth(rules: [{allow: public}]) {
            email: Email
            name: String
            active: Boolean
            home: Address
            team: Team @relation(onDelete: SET_NULL)
          }

          type Order @model @auth(rules: [{allow: public}]) {
            user: User @relation(onDelete: SET_NULL)
            approver: User @relation(onDelete: SET_NULL)
            parent: Order @relation(onDelete: SET_NULL)
            lines: [OrderLine!]! @hasMany(by: "order")
            status: OrderStatus
            colour: Colour
            note: String
            title: String
            total: Decimal @scale(digits: 2)
            paid: Decimal @scale(digits: 2)
            rate: Decimal @scale(digits: 4)
            quantity: Int
            stock: Long
            weight: Float
            length: Float
            gift: Boolean
            placedAt: DateTime
            due: Date
            code: UUID
            page: Url
            extra: JSON
            tags: [String]
            sizes: [Int]
            colours: [Colour]
            prices: [Decimal] @scale(digits: 2)
            visits: [DateTime]
            places: [Address]
            shipTo: Address
          }

          type OrderLine @model @auth(rules: [{allow: public}]) {
            order: Order @relation(onDelete: CASCADE)
          }

          type Member @model @account @auth(rules: [{allow: public}]) {
            email: Email! @unique
            roles: [String!]!
            verified: Boolean!
            user: User
            team: Team
            rank: Int
            budget: Decimal @scale(digits: 2)
            rate: Decimal @scale(digits: 4)
            colour: Colour
            status: OrderStatus
            joined: DateTime
            home: Address
            sizes: [Int]
            users: [ID]
          }

          type Address {
            city: String
            floor: Int
            area: Float
            rent: Decimal @scale(digits: 2)
            since: DateTime
            built: Date
            verified: Boolean
            colour: Colour
            labels: [String]
            geo: Geo
            note: JSON
          }

          type Geo { latitude: Float, place: String }
          enum OrderStatus { DRAFT PAID SHIPPED }
          enum Colour { RED GREEN DRAFT }
          """);

  static final Model TEAM = SCHEMA.require("Team");
  static final Model USER = SCHEMA.require("User");
  static final Model MEMBER = SCHEMA.require("Member");
  static final Model ORDER = SCHEMA.require("Order");

  private Shop() {}

  static Predicate filter(String source) throws ExpressionException {
    return Expressions.compile(SCHEMA, ORDER, source, Vocabulary.FILTER);
  }

  static Predicate rule(String source) throws ExpressionException {
    return Expressions.compile(SCHEMA, ORDER, source, Vocabulary.RULE);
  }

  /// An entity with the values given, all others absent.
  static Entity entity(Model model, String id, Map<String, ?> values) {
    @Nullable Object[] all = new Object[model.fields().size()];
    for (Field field : model.fields()) {
      all[field.ordinal()] = values.get(field.name());
    }
    all[0] = id;
    all[model.createdAt().ordinal()] = NOW.minusSeconds(3_600);
    all[model.updatedAt().ordinal()] = NOW.minusSeconds(60);
    all[model.version().ordinal()] = 1L;
    return new Entity(model, all);
  }
}
