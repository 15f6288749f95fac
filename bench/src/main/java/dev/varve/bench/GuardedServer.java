package dev.varve.bench;

import dev.varve.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A running server in which records have owners, and one account that has signed in.
final class GuardedServer implements AutoCloseable {
  static final String OPEN = "/api/parcels";
  static final String OWN = "/api/own-parcels";

  private static final String EMAIL = "ada@example.com";
  private static final String PASSWORD = "a varve a year for ages";
  private static final int BATCH = 500;

  private final Child server;
  private final int port;
  private final Client client;
  private final String account;
  private final String token;

  GuardedServer(Child server) {
    this.server = server;
    this.port = server.port();
    this.client = new Client(port);
    signUp(EMAIL);
    Map<?, ?> signedIn = object(client.ask(signIn(EMAIL)).requireStatus(200));
    this.token = String.valueOf(signedIn.get("accessToken"));
    this.account =
        signedIn.get("account") instanceof Map<?, ?> record ? String.valueOf(record.get("id")) : "";
  }

  private void signUp(String email) {
    client
        .ask(
            Requests.post(
                "/auth/sign-up",
                "{\"email\":\"%s\",\"password\":\"%s\",\"name\":\"Ada\"}"
                    .formatted(email, PASSWORD)))
        .requireStatus(202);
  }

  private static byte[] signIn(String email) {
    return Requests.post(
        "/auth/sign-in", "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, PASSWORD));
  }

  /// Makes so many more accounts; the requests that sign them in. Those of one account would take turns.
  byte[][] signIns(int accounts) {
    byte[][] requests = new byte[accounts][];
    for (int i = 0; i < accounts; i++) {
      String email = "person%d@example.com".formatted(i);
      signUp(email);
      requests[i] = signIn(email);
    }
    return requests;
  }

  /// A token of another session of the account.
  String anotherToken() {
    return String.valueOf(object(client.ask(signIn(EMAIL)).requireStatus(200)).get("accessToken"));
  }

  Child process() {
    return server;
  }

  int port() {
    return port;
  }

  /// The id of the account.
  String account() {
    return account;
  }

  String token() {
    return token;
  }

  Client client() {
    return client;
  }

  /// Makes as many records at both paths, owned in turn by the account and by others; the ids of the account's own.
  List<String> fill(int records, int owners) {
    List<String> own = new ArrayList<>();
    for (int from = 0; from < records; from += BATCH) {
      int to = Math.min(records, from + BATCH);
      for (String path : List.of(OPEN, OWN)) {
        client.ask(Requests.post("/api/batch", batch(path, from, to, owners))).requireStatus(200);
      }
    }
    for (int number = 0; number < records; number += owners) {
      own.add(id(number));
    }
    return own;
  }

  private String batch(String path, int from, int to, int owners) {
    List<Object> operations = new ArrayList<>();
    for (int number = from; number < to; number++) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("id", id(number));
      body.put("owner", number % owners == 0 ? account : "owner-" + number % owners);
      body.put("customer", Orders.customer(number));
      body.put("quantity", Orders.quantity(number));
      body.put("note", Orders.note(number));
      operations.add(Map.of("method", "POST", "path", path, "body", body));
    }
    byte[] json = Json.bytes(out -> Json.write(out, Map.of("operations", operations)));
    return new String(json, StandardCharsets.UTF_8);
  }

  private static String id(int number) {
    return "parcel-%07d".formatted(number);
  }

  private static Map<?, ?> object(Answer answer) {
    if (Json.read(answer.body()) instanceof Map<?, ?> members) {
      return members;
    }
    throw new IllegalStateException("Not an object: " + answer);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
