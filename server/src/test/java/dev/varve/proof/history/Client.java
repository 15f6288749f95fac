package dev.varve.proof.history;

import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.proof.history.LoggedUnit.Change;
import dev.varve.proof.history.Seen.Named;
import dev.varve.proof.history.Seen.Outcome;
import dev.varve.proof.history.Seen.View;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;

/// Somebody who writes and reads at all nodes, now at this one, now at that, and remembers what came of it. A write is sent under its
/// key until its client knows what became of it; a read is sent once.
final class Client implements Callable<Void> {
  static final String SCHEMA =
      """
      type Purse @model @auth(rules: [{allow: public}]) {
        id: ID!
        balance: Long!
      }
      type Entry @model @index(fields: ["round"]) @auth(rules: [{allow: public}]) {
        id: ID!
        round: Int!
        value: Int!
        note: String
      }
      """;
  private static final String LAST_FIELD = "  note: String\n";

  /// What the data had before that, in a file which somebody may still deploy.
  static final String EARLIER_SCHEMA = SCHEMA.replace(LAST_FIELD, "");

  static final String PURSE = "Purse";
  static final String BALANCE = "balance";
  private static final String ENTRY = "Entry";
  private static final String PURSES = "/api/purses";
  private static final String ENTRIES = "/api/entries";
  private static final int PURSE_COUNT = 8;
  private static final long FIRST_BALANCE = 1_000;

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  // whoever is in a hurry waits so long, and twice as long each time
  private static final int HURRY_MILLIS = 400;
  private static final int DOUBLED_MAX = 8;
  private static final long PAUSE_MILLIS = 10;
  // between what a client does; where a fault takes long, more of it shows no more
  private static final int BUSY_STEPS = 20;
  private static final int BUSY_MILLIS = 4;
  private static final int CALM_MILLIS = 250;
  private static final String NOT_KEPT = "nothing of it was kept";

  private final int number;
  private final Load load;
  private final Fleet fleet;
  private final History history;
  private final Random random;
  private int count;
  // the highest position that an answer named
  private long known;
  // what it has made in this round, with the versions
  private final Map<String, Long> entries = new HashMap<>();
  // lists that it has, by where they are, with their tags
  private final Map<String, Kept> kept = new HashMap<>();

  private record Kept(String tag, List<Map<String, Object>> records) {}

  private record Reply(int status, HttpResponse<byte[]> response, Span span) {
    String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> json() {
      return (Map<String, Object>) Objects.requireNonNull(Json.read(response.body()));
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    long position() {
      return Long.parseLong(header("Varve-Position").orElseThrow());
    }

    /// Whether it says to come again.
    boolean isLater() {
      return status == 503 && header("Retry-After").isPresent();
    }
  }

  Client(int number, Load load, Fleet fleet, History history, long seed) {
    this.number = number;
    this.load = load;
    this.fleet = fleet;
    this.history = history;
    this.random = new Random(seed * 31 + number);
  }

  /// Makes the purses between which clients move what is in them.
  void makePurses() throws InterruptedException {
    List<String> operations = new ArrayList<>();
    List<Change> wanted = new ArrayList<>();
    for (int i = 0; i < PURSE_COUNT; i++) {
      operations.add(
          post(PURSES, "{\"id\": \"p%d\", \"balance\": %d}".formatted(i, FIRST_BALANCE)));
      wanted.add(Change.create(PURSE, "p" + i, Map.of(BALANCE, FIRST_BALANCE)));
    }
    batch(operations, wanted, List.of());
  }

  @Override
  public Void call() throws InterruptedException {
    for (int steps = 0; load.goesOn(); steps++) {
      step();
      Thread.sleep(random.nextInt(steps < BUSY_STEPS ? BUSY_MILLIS : CALM_MILLIS));
    }
    return null;
  }

  private void step() throws InterruptedException {
    switch (random.nextInt(12)) {
      case 0, 1 -> create();
      case 2 -> createTwo();
      case 3, 4 -> change();
      case 5 -> delete();
      case 6, 7, 8 -> pay();
      case 9 -> readOne();
      case 10 -> readList();
      default -> readPast();
    }
  }

  private void create() throws InterruptedException {
    // ids of the client's choice and of the server's
    String id = random.nextBoolean() ? newId() : "";
    int value = ++count;
    Change wanted = Change.create(ENTRY, id, entry(value));
    write("POST", ENTRIES, Map.of(), body(id, value), List.of(wanted), List.of())
        .ifPresent(reply -> show(reply, ENTRY, reply.json()));
  }

  private String newId() {
    return "%s-c%d-e%d".formatted(load.name(), number, ++count);
  }

  private Map<String, Object> entry(long value) {
    return Map.of("round", (long) load.round(), "value", value, "note", "of client " + number);
  }

  private String body(String id, int value) {
    String named = id.isEmpty() ? "" : "\"id\": \"%s\", ".formatted(id);
    return "{%s\"round\": %d, \"value\": %d, \"note\": \"of client %d\"}"
        .formatted(named, load.round(), value, number);
  }

  private void createTwo() throws InterruptedException {
    String first = newId();
    String second = newId();
    int value = ++count;
    batch(
        List.of(post(ENTRIES, body(first, value)), post(ENTRIES, body(second, value))),
        List.of(
            Change.create(ENTRY, first, entry(value)), Change.create(ENTRY, second, entry(value))),
        List.of());
  }

  private void change() throws InterruptedException {
    Optional<String> id = some(entries.keySet().stream().sorted().toList());
    if (id.isEmpty()) {
      create();
      return;
    }
    long version = entries.get(id.get());
    long value = ++count;
    write(
            "PATCH",
            ENTRIES + "/" + id.get(),
            ifMatch(version),
            "{\"value\": %d}".formatted(value),
            List.of(Change.update(ENTRY, id.get(), version + 1, Map.of("value", value))),
            List.of(new Named(ENTRY, id.get(), version)))
        .ifPresent(reply -> show(reply, ENTRY, reply.json()));
  }

  private static Map<String, String> ifMatch(long version) {
    return Map.of("If-Match", "\"%d\"".formatted(version));
  }

  private <T> Optional<T> some(List<T> all) {
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
  }

  private void delete() throws InterruptedException {
    Optional<String> id = some(entries.keySet().stream().sorted().toList());
    if (id.isEmpty()) {
      create();
      return;
    }
    long version = entries.remove(id.get());
    write(
        "DELETE",
        ENTRIES + "/" + id.get(),
        ifMatch(version),
        "",
        List.of(Change.delete(ENTRY, id.get(), version + 1)),
        List.of(new Named(ENTRY, id.get(), version)));
  }

  /// Moves something from one purse to another, on what a list or two reads showed.
  private void pay() throws InterruptedException {
    int from = random.nextInt(PURSE_COUNT);
    int to = (from + 1 + random.nextInt(PURSE_COUNT - 1)) % PURSE_COUNT;
    Optional<Map<String, Object>> giver;
    Optional<Map<String, Object>> taker;
    if (random.nextBoolean()) {
      List<Map<String, Object>> all = list(PURSE, PURSES, Map.of(), "", new View.Newest());
      giver = withId(all, "p" + from);
      taker = withId(all, "p" + to);
    } else {
      giver = one(PURSE, PURSES, "p" + from);
      taker = one(PURSE, PURSES, "p" + to);
    }
    if (giver.isPresent() && taker.isPresent()) {
      pay(giver.get(), taker.get(), 1 + random.nextInt(9));
    }
  }

  private static Optional<Map<String, Object>> withId(List<Map<String, Object>> all, String id) {
    return all.stream().filter(record -> id.equals(record.get("id"))).findFirst();
  }

  private void pay(Map<String, Object> giver, Map<String, Object> taker, long amount)
      throws InterruptedException {
    List<String> operations = new ArrayList<>();
    List<Change> wanted = new ArrayList<>();
    List<Named> named = new ArrayList<>();
    for (Map<String, Object> purse : List.of(giver, taker)) {
      String id = (String) purse.get("id");
      long version = (Long) purse.get("version");
      long balance = (Long) purse.get(BALANCE) + (purse.equals(giver) ? -amount : amount);
      operations.add(
          "{\"method\": \"PATCH\", \"path\": \"%s/%s\", \"ifMatch\": %d, \"body\": {\"balance\": %d}}"
              .formatted(PURSES, id, version, balance));
      wanted.add(Change.update(PURSE, id, version + 1, Map.of(BALANCE, balance)));
      named.add(new Named(PURSE, id, version));
    }
    batch(operations, wanted, named);
  }

  private static String post(String path, String body) {
    return "{\"method\": \"POST\", \"path\": \"%s\", \"body\": %s}".formatted(path, body);
  }

  private void batch(List<String> operations, List<Change> wanted, List<Named> named)
      throws InterruptedException {
    String body = "{\"operations\": [%s]}".formatted(String.join(", ", operations));
    Optional<Reply> reply = write("POST", "/api/batch", Map.of(), body, wanted, named);
    if (reply.isPresent()) {
      List<?> results = (List<?>) reply.get().json().get("results");
      for (int i = 0; i < wanted.size(); i++) {
        show(reply.get(), wanted.get(i).model(), record(((Map<?, ?>) results.get(i)).get("body")));
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> record(Object json) {
    return (Map<String, Object>) Objects.requireNonNull(json);
  }

  /// What the answer of a write shows of a record is so at its position.
  private void show(Reply reply, String model, Map<String, Object> record) {
    if (model.equals(ENTRY)) {
      entries.put((String) record.get("id"), (Long) record.get("version"));
    }
    history.add(
        new Seen.Shown(
            reply.span(),
            new View.AtPosition(reply.position()),
            reply.position(),
            model,
            Map.of("id", Objects.requireNonNull(record.get("id"))),
            List.of(record)));
  }

  /// Sends a write until it is known what became of it.
  ///
  /// @return the answer, when it was done
  private Optional<Reply> write(
      String method,
      String target,
      Map<String, String> headers,
      String body,
      List<Change> wanted,
      List<Named> named)
      throws InterruptedException {
    String key = "%s-c%d-w%d".formatted(load.name(), number, ++count);
    long begun = System.nanoTime();
    long end = begun + Duration.ofMillis(Patience.MILLIS).toNanos();
    boolean open = false;
    Span last = new Span(0, begun, begun);
    for (int attempt = 1; System.nanoTime() < end; attempt++) {
      Map<String, String> with = new HashMap<>(headers);
      with.put("Idempotency-Key", key);
      with.put("X-Request-Id", key + LoggedUnit.ATTEMPT + attempt);
      Optional<Reply> reply = send(node(), method, target, with, body, attempt);
      if (reply.isEmpty()) {
        open = true;
      } else {
        last = new Span(reply.get().span().node(), begun, reply.get().span().endedNanos());
        int status = reply.get().status();
        if (status == 200 || status == 201 || status == 204) {
          long position = reply.get().position();
          note(position);
          history.add(new Seen.Written(last, key, wanted, new Outcome.Done(position)));
          return reply;
        }
        if (status == 412) {
          Outcome refused = new Outcome.Refused(named);
          history.add(new Seen.Written(last, key, wanted, open ? new Outcome.Open() : refused));
          return Optional.empty();
        }
        if (!reply.get().isLater()) {
          odd(reply.get(), method + " " + target + " " + key);
          break;
        }
        open |= !reply.get().text().contains(NOT_KEPT);
        history.add(new Seen.Delayed(reply.get().span(), reply.get().text()));
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    Outcome outcome = open ? new Outcome.Open() : new Outcome.NotKept();
    history.add(new Seen.Written(last, key, wanted, outcome));
    history.add(new Seen.Odd(last, "%s has no answer that says what became of it".formatted(key)));
    return Optional.empty();
  }

  private Node node() {
    return fleet.node(random.nextInt(fleet.nodes().size()));
  }

  private void note(long position) {
    known = Math.max(known, position);
  }

  private void odd(Reply reply, String what) {
    history.add(
        new Seen.Odd(reply.span(), "%d for %s: %s".formatted(reply.status(), what, reply.text())));
  }

  /// @return the answer, if one comes
  private Optional<Reply> send(
      Node node,
      String method,
      String target,
      Map<String, String> headers,
      String body,
      int attempt)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(node.port(), target)))
            .timeout(patience(attempt))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    long begun = System.nanoTime();
    try {
      HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
      return Optional.of(
          new Reply(
              response.statusCode(), response, new Span(node.number(), begun, System.nanoTime())));
    } catch (IOException e) {
      history.add(
          new Seen.Unanswered(
              new Span(node.number(), begun, System.nanoTime()),
              "%s %s: %s".formatted(method, target, e)));
      return Optional.empty();
    }
  }

  private Duration patience(int attempt) {
    return Duration.ofMillis(
        load.isHurried()
            ? (long) HURRY_MILLIS << Math.min(attempt - 1, DOUBLED_MAX)
            : Patience.MILLIS);
  }

  /// Reads a record, mostly from the memory of a node.
  private void readOne() throws InterruptedException {
    Optional<String> id = some(entries.keySet().stream().sorted().toList());
    if (id.isPresent() && random.nextBoolean()) {
      one(ENTRY, ENTRIES, id.get());
    } else {
      one(PURSE, PURSES, "p" + random.nextInt(PURSE_COUNT));
    }
  }

  private Optional<Map<String, Object>> one(String model, String path, String id)
      throws InterruptedException {
    long atLeast = random.nextInt(3) == 0 ? known : 0;
    Map<String, String> headers =
        atLeast > 0 ? Map.of("Varve-Position", Long.toString(atLeast)) : Map.of();
    Optional<Reply> reply = read(path + "/" + id, headers, 200, 404);
    if (reply.isEmpty()) {
      return Optional.empty();
    }
    if (reply.get().status() == 404) {
      history.add(new Seen.Missing(reply.get().span(), atLeast, model, id));
      return Optional.empty();
    }
    Map<String, Object> record = reply.get().json();
    shown(reply.get(), new View.Remembered(atLeast), model, Map.of("id", id), List.of(record));
    return Optional.of(record);
  }

  private void shown(
      Reply reply,
      View view,
      String model,
      Map<String, Object> where,
      List<Map<String, Object>> records) {
    note(reply.position());
    history.add(new Seen.Shown(reply.span(), view, reply.position(), model, where, records));
  }

  /// @param expected by their status
  private Optional<Reply> read(String target, Map<String, String> headers, int... expected)
      throws InterruptedException {
    Optional<Reply> reply = send(node(), "GET", target, headers, "", 1);
    if (reply.isEmpty()) {
      Thread.sleep(PAUSE_MILLIS);
      return reply;
    }
    for (int status : expected) {
      if (reply.get().status() == status) {
        return reply;
      }
    }
    if (reply.get().isLater()) {
      history.add(new Seen.Delayed(reply.get().span(), reply.get().text()));
      Thread.sleep(PAUSE_MILLIS);
    } else {
      odd(reply.get(), "GET " + target + " " + headers);
    }
    return Optional.empty();
  }

  private void readList() throws InterruptedException {
    if (random.nextBoolean()) {
      list(PURSE, PURSES, Map.of(), "", new View.Newest());
    } else {
      list(ENTRY, ENTRIES, thisRound(), "", new View.Newest());
    }
  }

  private Map<String, Object> thisRound() {
    return Map.of("round", (long) load.round());
  }

  /// Reads a list whole. Where it has one from before, it asks whether that is still so.
  private List<Map<String, Object>> list(
      String model, String path, Map<String, Object> where, String asOf, View view)
      throws InterruptedException {
    String target = target(path, where, asOf);
    Optional<Kept> before = Optional.ofNullable(kept.get(target));
    Map<String, String> headers =
        before.map(one -> Map.of("If-None-Match", one.tag())).orElse(Map.of());
    Optional<Reply> reply =
        asOf.isEmpty() || asOf.startsWith("position")
            ? read(target, headers, 200, 304)
            : read(target, headers, 200, 304, 400);
    if (reply.isEmpty()) {
      return List.of();
    }
    return switch (reply.get().status()) {
      case 304 -> {
        List<Map<String, Object>> records = before.orElseThrow().records();
        shown(
            reply.get(),
            view instanceof View.Newest ? new View.Unchanged() : view,
            model,
            where,
            records);
        yield records;
      }
      case 200 -> {
        List<Map<String, Object>> records = records(reply.get());
        shown(reply.get(), view, model, where, records);
        if (asOf.isEmpty()) {
          reply.get().header("ETag").ifPresent(tag -> kept.put(target, new Kept(tag, records)));
        }
        yield records;
      }
      default -> {
        // by the clock of the database the instant is yet to come
        if (!reply.get().text().contains("INVALID_INSTANT")) {
          odd(reply.get(), target);
        }
        yield List.of();
      }
    };
  }

  private static String target(String path, Map<String, Object> where, String asOf) {
    List<String> parameters = new ArrayList<>();
    parameters.add("limit=500");
    where.forEach((field, value) -> parameters.add(field + "=" + value));
    if (!asOf.isEmpty()) {
      parameters.add("asOf=" + asOf);
    }
    return path + "?" + String.join("&", parameters);
  }

  private static List<Map<String, Object>> records(Reply reply) {
    Map<String, Object> page = reply.json();
    if (page.get("nextCursor") != null) {
      throw new IllegalStateException("A round is to fit on a page");
    }
    return ((List<?>) Objects.requireNonNull(page.get("items")))
        .stream().map(Client::record).toList();
  }

  /// Reads all purses, or what was made in this round, as they were at a position or an instant not long ago.
  private void readPast() throws InterruptedException {
    String asOf;
    View view;
    if (random.nextBoolean()) {
      long position = Math.max(1, known - random.nextInt(20));
      asOf = "position:" + position;
      view = new View.AtPosition(position);
    } else {
      Instant instant =
          Instant.now().minusMillis(random.nextInt(200)).truncatedTo(ChronoUnit.MICROS);
      asOf = instant.toString();
      view = new View.AtInstant(Replay.micros(instant));
    }
    if (known == 0) {
      return;
    }
    if (random.nextBoolean()) {
      list(PURSE, PURSES, Map.of(), asOf, view);
    } else {
      list(ENTRY, ENTRIES, thisRound(), asOf, view);
    }
  }
}
