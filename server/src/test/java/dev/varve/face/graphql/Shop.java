package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.graphql.document.GraphQlSettings;
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
        address: Address
        orders: [Order!]! @hasMany(by: "user")
      }

      # note is seen and set on drafts only
      type Order @model @auth(rules: [{allow: public}]) {
        id: ID!
        user: User! @immutable @relation(onDelete: RESTRICT)
        status: OrderStatus! @default(value: "DRAFT")
        total: Decimal! @scale(digits: 2) @range(min: 0)
        tags: [String!]! @default(value: [])
        note: String @auth(rules: [{allow: where, when: "record.status == 'DRAFT'"}])
        lines: [OrderLine!]! @hasMany(by: "order")
      }

      type OrderLine @model @auth(rules: [{allow: public}]) {
        id: ID!
        order: Order! @immutable @relation(onDelete: CASCADE)
        product: Product @relation(onDelete: SET_NULL)
        quantity: Int! @range(min: 1, max: 999)
      }

      # what is not published does not exist for others
      type Product @model @auth(rules: [
          {allow: where, when: "record.published == true", operations: [READ, UPDATE, DELETE]},
          {allow: public, operations: [CREATE]}]) {
        id: ID!
        name: String!
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
        user: User
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

  public static TestServer start() {
    return start(GraphQlSettings.DEFAULT);
  }

  public static TestServer start(GraphQlSettings settings) {
    TestServer server = TestServer.start(SCHEMA, settings);
    post(
        server,
        "users",
        "{'id':'ada','name':'Ada','email':'ada@example.com','address':{'street':'A 1','city':'Bern','country':'CH'}}");
    post(server, "users", "{'id':'bob','name':'Bob','email':'bob@example.com'}");
    post(
        server,
        "products",
        "{'id':'p1','name':'Mug','price':'12.50','weight':0.5,'stock':9007199254740993,'since':'2026-01-31',"
            + "'seen':'2026-01-31T09:30:00Z','page':'https://example.com/mug','code':'0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57',"
            + "'extra':{'a':[1,2.5,null,true]}}");
    post(server, "products", "{'id':'p2','name':'Secret','price':'1.00','published':false}");
    for (int i = 1; i <= 4; i++) {
      post(
          server,
          "orders",
          "{'id':'o%d','user':'ada','total':'%d.50','status':'%s','tags':['t%d'],'note':'n%d'}"
              .formatted(i, i * 10, "DRAFT", i, i));
    }
    post(server, "orders", "{'id':'o5','user':'bob','total':'99.90'}");
    post(server, "order-lines", "{'id':'l1','order':'o1','product':'p1','quantity':1}");
    post(server, "order-lines", "{'id':'l2','order':'o1','product':'p1','quantity':2}");
    Reply paid = server.send("PATCH", "/api/orders/o2", Map.of(), "{\"status\":\"PAID\"}");
    assertThat(paid.status()).isEqualTo(200);
    return server;
  }

  private static void post(TestServer server, String path, String body) {
    Reply reply = server.send("POST", "/api/" + path, Map.of(), body.replace('\'', '"'));
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
  }
}
