package dev.varve.face.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.Map;

/// A shop for the scenarios: what each part is there for stands beside it.
public final class Shop {
  public static final String SCHEMA =
      """
      "Who buys."
      type User @model @auth(rules: [{allow: public}]) {
        id: ID!
        name: String! @length(min: 1, max: 100)
        email: Email! @unique
        nick: String
        address: Address
        orders: [Order!]! @hasMany(by: "user")
      }

      # changed only while it is a draft; note is seen and set only then
      type Order @model @auth(rules: [
          {allow: public, operations: [CREATE, READ]},
          {allow: where, when: "record.status == 'DRAFT' || record.status == 'PAID'", operations: [UPDATE]},
          {allow: where, when: "record.status == 'DRAFT'", operations: [DELETE]}]) {
        id: ID!
        user: User! @immutable @relation(onDelete: RESTRICT)
        status: OrderStatus! @default(value: "DRAFT")
        total: Decimal! @scale(digits: 2) @range(min: 0)
        shipTo: Address
        tags: [String!]! @default(value: []) @length(max: 3)
        note: String @auth(rules: [{allow: where, when: "record.status == 'DRAFT'"}])
        lines: [OrderLine!]! @hasMany(by: "order")
      }

      type OrderLine @model @unique(fields: ["order", "product"]) @auth(rules: [{allow: public}]) {
        id: ID!
        order: Order! @immutable @relation(onDelete: CASCADE)
        product: Product @relation(onDelete: SET_NULL)
        quantity: Int! @range(min: 1, max: 999)
      }

      type Product @model @index(fields: ["category", "price"]) @auth(rules: [
          {allow: where, when: "record.published == true", operations: [READ, UPDATE, DELETE]},
          {allow: public, operations: [CREATE]}]) {
        id: ID!
        sku: String! @unique @pattern(regex: "[A-Z]{2}-[0-9]{3}")
        name: String!
        category: String!
        price: Decimal! @scale(digits: 2)
        weight: Float
        stock: Long
        since: Date
        seen: DateTime
        page: Url
        code: UUID
        extra: JSON
        published: Boolean! @default(value: true)
      }

      # a letter box: anybody may put something in, nobody reads it
      type Message @model @auth(rules: [{allow: public, operations: [CREATE]}]) {
        text: String!
      }

      # keeps no history
      type Ping @model(history: false) @auth(rules: [{allow: public}]) {
        text: String!
      }

      # can be read, and nothing else
      type Country @model @auth(rules: [{allow: public, operations: [READ]}]) {
        name: String!
      }

      "Where things go."
      type Address {
        street: String!
        city: String!
        country: String! @pattern(regex: "[A-Z]{2}")
      }

      enum OrderStatus { DRAFT PAID SHIPPED }
      """;

  private Shop() {}

  /// Ada with two orders, a dozen products.
  static void seed(TestServer server) {
    post(server, "/api/users", "{'id':'ada','name':'Ada','email':'ada@example.com','nick':'ace'}");
    for (int i = 1; i <= 12; i++) {
      post(
          server,
          "/api/products",
          "{'id':'p%02d','sku':'AB-%03d','name':'Product %d','category':'%s','price':'%d.50'}"
              .formatted(i, i, i, i % 3 == 0 ? "tea" : "coffee", 20 - i));
    }
    post(server, "/api/orders", "{'id':'o1','user':'ada','total':'10.00','tags':['a','b']}");
    post(server, "/api/orders", "{'id':'o2','user':'ada','total':'99.90','status':'PAID'}");
    post(server, "/api/order-lines", "{'id':'l1','order':'o1','product':'p01','quantity':1}");
    post(server, "/api/order-lines", "{'id':'l2','order':'o1','product':'p02','quantity':2}");
  }

  private static void post(TestServer server, String path, String body) {
    Reply reply = server.send("POST", path, Map.of(), body.replace('\'', '"'));
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
  }
}
