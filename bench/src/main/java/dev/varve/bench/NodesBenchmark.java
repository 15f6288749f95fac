package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.bench.LoadedServer.Seen;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/// Nodes on PostgreSQL, which has everything on disk, on this same machine: what one carries, what two do together, what a way to the
/// database costs, and how soon one knows what another has done.
final class NodesBenchmark implements Benchmark {
  private static final int CLIENTS = 64;
  private static final int DISTINCT_REQUESTS = 5_000;
  private static final long WARM_UP_CREATES = 60_000;
  private static final int WARM_UP_ROUNDS = 3;
  private static final long WARM_UP_READS = 200_000;
  private static final int LISTED = 20_000;
  private static final int FETCHED = 1_000;
  private static final double LOOP_RATIO_MIN = 0.5;
  private static final double TOGETHER_RATIO_MIN = 0.9;
  private static final double GET_RATIO_MIN = 0.95;
  private static final double LIST_RATIO_MAX = 1.5;
  private static final double WAITS_MAX = 6;
  private static final double TOLD_MILLIS_MAX = 100;
  private static final double REFUSED_MILLIS_MAX = 1_000;
  private static final List<Duration> DELAYS =
      List.of(Duration.ZERO, Duration.ofNanos(500_000), Duration.ofMillis(2));
  // slow enough that each change has been heard before the next one is written
  private static final Duration PACE = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "nodes";
  }

  @Override
  public String says() {
    return "nodes on a PostgreSQL of this machine: creates through one and two, with a way to the database, reads beside SQLite, feed and sign-out on another node";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (PostgresServer postgres = PostgresServer.start(lab.folder())) {
      List<Figure> figures = new ArrayList<>();
      figures.addAll(writes(lab, postgres));
      figures.addAll(distances(lab, postgres));
      figures.addAll(reads(lab, postgres));
      figures.add(feed(lab, postgres));
      figures.add(signOut(lab, postgres));
      return figures;
    }
  }

  private static Child node(Lab lab, String name, String database, int port) {
    return lab.varve(name, PostgresServer.environment(database, port), List.of());
  }

  private static Load creates(Child node, int clients) {
    return new Load(node.port(), clients, Orders.creates(DISTINCT_REQUESTS), 201);
  }

  private static long position(Child node) {
    try (Client client = new Client(node.port())) {
      Answer answer = client.get(Orders.PATH + "?limit=1").requireStatus(200);
      return Long.parseLong(Objects.requireNonNull(answer.headers().get("Varve-Position")));
    }
  }

  /// Through one node, by the plain loop, and through two nodes, in turns.
  private static List<Figure> writes(Lab lab, PostgresServer postgres) {
    postgres.create("writes");
    try (Child one = node(lab, "nodes-one", "writes", postgres.port());
        Child other = node(lab, "nodes-other", "writes", postgres.port());
        PlainPostgresLoop loop = loop(postgres, one)) {
      LoadedServer alone = new LoadedServer(one, creates(one, CLIENTS));
      Load half = creates(one, CLIENTS / 2);
      Load otherHalf = creates(other, CLIENTS / 2);
      lab.progress("warming up");
      alone.warmUp(lab, WARM_UP_CREATES);
      lab.warmUp(otherHalf, WARM_UP_CREATES);
      long[] from = new long[1];
      Side<Seen> through =
          new Side<>(() -> {
            postgres.settle();
            from[0] = position(one);
            return alone.run(lab.round());
          });
      Side<Double> plain =
          new Side<>(() -> {
            postgres.settle();
            return loop.copy(from[0], position(one));
          });
      Side<Double> both =
          new Side<>(() -> {
            postgres.settle();
            return together(half, otherHalf, lab.round());
          });
      lab.progress("%d rounds of creates".formatted(lab.rounds()));
      // what follows the other node is compiled in turns alone
      Side.alternate(WARM_UP_ROUNDS, through, plain, both);
      List.of(through, plain, both).forEach(Side::forget);
      Side.alternate(lab.rounds(), through, plain, both);
      double toLoop = Side.ratio(through, Seen::perSecond, plain, rate -> rate);
      double toOne = Side.ratio(both, rate -> rate, through, Seen::perSecond);
      return List.of(
          Figure.of(
                  "durable creates through one node on PostgreSQL, 64 clients; limit: a loop of the same statements",
                  Figure.perSecond(through.median(Seen::perSecond)),
                  Figure.perSecond(plain.median(rate -> rate)),
                  toLoop)
              .withTarget(Target.atLeast(LOOP_RATIO_MIN, toLoop)),
          Figure.alone(
              "- half and 99 of 100 answered within",
              Figure.millis(through.median(Seen::medianMillis))
                  + ", "
                  + Figure.millis(through.median(Seen::slowMillis))),
          Figure.of(
                  "- through two nodes; limit: through one",
                  Figure.perSecond(both.median(rate -> rate)),
                  Figure.perSecond(through.median(Seen::perSecond)),
                  toOne)
              .withTarget(Target.atLeast(TOGETHER_RATIO_MIN, toOne)));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// @param node that has made the tables
  private static PlainPostgresLoop loop(PostgresServer postgres, Child node) throws SQLException {
    position(node);
    return new PlainPostgresLoop(postgres.connect("writes"));
  }

  private static double together(Load one, Load other, Duration duration) {
    CompletableFuture<Load.Seen> beside = CompletableFuture.supplyAsync(() -> other.run(duration));
    double perSecond = one.run(duration).perSecond();
    return perSecond + beside.join().perSecond();
  }

  /// One node whose database is further and further away.
  private static List<Figure> distances(Lab lab, PostgresServer postgres) {
    List<Figure> figures = new ArrayList<>();
    for (Duration delay : DELAYS) {
      String database = "distance" + figures.size();
      postgres.create(database);
      try (LongWay way = LongWay.to(postgres.port(), delay);
          Child node = node(lab, "nodes-" + database, database, way.port())) {
        Load load = creates(node, CLIENTS);
        lab.progress("a database %s away".formatted(Figure.millis(delay.toNanos() / 1e6)));
        lab.warmUp(load, WARM_UP_CREATES / 4);
        way.busiest();
        Load.Seen seen = load.run(lab.round());
        LongWay.Traffic traffic = way.busiest();
        double waits = (double) traffic.waits() / traffic.commits();
        figures.add(
            new Figure(
                    "- over a proxy, answers %s later; times that a group waits for the database"
                        .formatted(Figure.millis(delay.toNanos() / 1e6)),
                    Figure.perSecond(seen.perSecond()),
                    "%.1f".formatted(waits),
                    "",
                    "")
                .withTarget(new Target("at most %.0f".formatted(WAITS_MAX), waits <= WAITS_MAX)));
      }
    }
    return figures;
  }

  /// The same reads of a node on PostgreSQL and of one on a file.
  private static List<Figure> reads(Lab lab, PostgresServer postgres) {
    postgres.create("reads");
    String schema = Products.schema();
    Map<String, String> environment = PostgresServer.environment("reads", postgres.port());
    try (Child node = lab.configured("nodes-reads", schema, "", environment);
        Child file = lab.configured("nodes-file", schema, "", Map.of())) {
      int records = lab.quick() ? LISTED / 4 : LISTED;
      lab.progress("filling %,d records twice".formatted(records));
      Products.create(node.port(), records);
      Products.create(file.port(), records);
      List<Figure> figures = new ArrayList<>();
      Side<Seen> nodeGets = gets(lab, node);
      Side<Seen> fileGets = gets(lab, file);
      Side<Double> nodeLists = lists(lab, node);
      Side<Double> fileLists = lists(lab, file);
      lab.progress("%d rounds of reads".formatted(lab.rounds()));
      Side.alternate(1, nodeLists, fileLists);
      List.of(nodeLists, fileLists).forEach(Side::forget);
      Side.alternate(lab.rounds(), nodeGets, fileGets, nodeLists, fileLists);
      figures.add(
          Seen.perSecond(
              "GET by id from the cache of a node, 64 connections; limit: Varve on SQLite",
              nodeGets,
              fileGets,
              GET_RATIO_MIN));
      double ratio = Side.ratio(nodeLists, micros -> micros, fileLists, micros -> micros);
      figures.add(
          Figure.of(
                  "list of 20 out of %,d by an index, one client; limit: Varve on SQLite"
                      .formatted(records),
                  Figure.micros(nodeLists.median(micros -> micros)),
                  Figure.micros(fileLists.median(micros -> micros)),
                  ratio)
              .withTarget(Target.atMost(LIST_RATIO_MAX, ratio)));
      return figures;
    }
  }

  private static Side<Seen> gets(Lab lab, Child server) {
    byte[][] requests = Products.anyOf(FETCHED, FETCHED).toArray(byte[][]::new);
    LoadedServer loaded = new LoadedServer(server, new Load(server.port(), CLIENTS, requests, 200));
    loaded.warmUp(lab, WARM_UP_READS);
    return new Side<>(() -> loaded.run(lab.round()));
  }

  private static Side<Double> lists(Lab lab, Child server) {
    List<byte[]> requests = Products.lists();
    return new Side<>(() -> {
      Latencies latencies = new Latencies();
      long end = System.nanoTime() + lab.round().toNanos();
      try (Client client = new Client(server.port())) {
        for (int i = 0; System.nanoTime() < end; i++) {
          byte[] request = requests.get(i % requests.size());
          latencies.add(client.ask(request).requireStatus(200).nanos());
        }
      }
      return latencies.nanos(0.5) / 1e3;
    });
  }

  /// From sending a create to one node until a reader of the feed of the other has it.
  private static Figure feed(Lab lab, PostgresServer postgres) {
    postgres.create("feed");
    int count = lab.quick() ? 100 : 1_000;
    try (Child one = node(lab, "nodes-writer", "feed", postgres.port());
        Child other = node(lab, "nodes-reader", "feed", postgres.port());
        Listeners reader = new Listeners(other.port(), List.of("/api/events?model=Order"))) {
      lab.progress("%,d changes, one at a time".formatted(2 * count));
      Waiting.until("a reader has begun", PATIENCE, () -> reader.started() == 1);
      told(one, reader, count);
      Latencies delays = told(one, reader, count);
      double slow = delays.nanos(0.99) / 1e6;
      return Figure.alone(
              "from sending a create to one node until a reader at another has it, half and 99 of 100",
              Figure.millis(delays.nanos(0.5) / 1e6) + ", " + Figure.millis(slow))
          .withTarget(new Target("99 of 100 within 100 ms", slow <= TOLD_MILLIS_MAX));
    }
  }

  private static Latencies told(Child node, Listeners reader, int count) {
    long first = position(node) + 1;
    long[] sentAtNanos = new long[count];
    Latencies delays = new Latencies();
    long before = reader.heard();
    reader.onChange(
        position -> delays.add(System.nanoTime() - sentAtNanos[(int) (position - first)]));
    try (Client client = new Client(node.port())) {
      byte[][] requests = Orders.creates(count);
      for (int i = 0; i < count; i++) {
        sentAtNanos[i] = System.nanoTime();
        client.ask(requests[i]).requireStatus(201);
        Waiting.pause(PACE);
      }
    }
    Waiting.until("all is told", PATIENCE, () -> reader.heard() - before == count);
    reader.onChange(_ -> {});
    return delays;
  }

  /// From the answer to a sign-out at one node until the access token is refused at the other.
  private static Figure signOut(Lab lab, PostgresServer postgres) {
    postgres.create("sessions");
    int count = lab.quick() ? 20 : 100;
    String guarded = Lab.resource("guarded.graphql");
    Map<String, String> environment =
        new HashMap<>(PostgresServer.environment("sessions", postgres.port()));
    environment.put("VARVE_AUTH_VERIFICATION", "OPTIONAL");
    Latencies delays = new Latencies();
    try (GuardedServer one =
            new GuardedServer(lab.configured("nodes-sign-out", guarded, "", environment));
        Child other = lab.configured("nodes-refuses", guarded, "", environment)) {
      one.fill(1, 1);
      lab.progress("%d sign-outs".formatted(count));
      for (int i = 0; i < count; i++) {
        delays.add(refusedAfter(one, other, one.anotherToken()));
      }
    }
    double slowest = delays.nanos(1) / 1e6;
    return Figure.alone(
            "from a sign-out at one node until the token is refused at another, half and slowest",
            Figure.millis(delays.nanos(0.5) / 1e6) + ", " + Figure.millis(slowest))
        .withTarget(new Target("within 1 s", slowest <= REFUSED_MILLIS_MAX));
  }

  private static long refusedAfter(GuardedServer one, Child other, String token) {
    byte[] own = Requests.get(GuardedServer.OWN + "?limit=1", token);
    try (Client client = new Client(other.port())) {
      client.ask(own).requireStatus(200);
      one.client()
          .ask(Requests.post("/auth/sign-out", "Authorization: Bearer " + token, ""))
          .requireStatus(204);
      long answeredAt = System.nanoTime();
      Waiting.until("the token is refused", PATIENCE, () -> client.ask(own).status() == 401);
      return System.nanoTime() - answeredAt;
    }
  }
}
