package dev.varve.bench;

import dev.varve.bench.LoadedServer.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Trees of records by GraphQL, against REST with the same records and fields from the same server.
final class GraphQlBenchmark implements Benchmark {
  private static final int CONNECTIONS = 16;
  private static final long WARM_UP_REQUESTS = 60_000;
  private static final double RATIO_MIN = 0.5;
  private static final String ALBUM =
      "query Album($id: ID!) { album(id: $id) { title artist { name } tracks { name genre { name } } } }";
  private static final String USERS =
      "{ users(limit: 20) { id name orders(limit: 5) { id total } } }";
  private static final String USERS_BY_REST =
      "/api/users?limit=20&expand=orders&fields=id,name,orders.id,orders.total";

  @Override
  public String name() {
    return "graphql";
  }

  @Override
  public String says() {
    return "trees of records by GraphQL and by REST, 16 connections";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (Child varve = lab.varve("graphql", Lab.resource("tree.graphql"), Allocation.FLAGS)) {
      int port = varve.port();
      Tree.create(port);
      List<Figure> figures = new ArrayList<>();
      figures.addAll(
          duel(
              lab,
              varve,
              port,
              "an album with its artist, 12 tracks and their genres",
              albums(GraphQlBenchmark::byGraphQl),
              albums(GraphQlBenchmark::byRest)));
      figures.addAll(
          duel(
              lab,
              varve,
              port,
              "20 users with 5 orders each",
              new byte[][] {post(USERS, "{}")},
              new byte[][] {Requests.get(USERS_BY_REST)}));
      return figures;
    }
  }

  /// Makes a request for an album.
  @FunctionalInterface
  private interface AlbumRequest {
    byte[] of(String id);
  }

  private static byte[][] albums(AlbumRequest request) {
    return IntStream.range(0, Tree.ALBUMS)
        .mapToObj(album -> request.of("b" + album))
        .toArray(byte[][]::new);
  }

  private static byte[] byGraphQl(String id) {
    return post(ALBUM, "{\"id\":\"%s\"}".formatted(id));
  }

  private static byte[] byRest(String id) {
    return Requests.get(
        "/api/albums/%s?expand=artist,tracks.genre&fields=title,artist.name,tracks.name,tracks.genre.name"
            .formatted(id));
  }

  private static byte[] post(String document, String variables) {
    return Requests.post(
        "/graphql", "{\"query\":\"%s\",\"variables\":%s}".formatted(document, variables));
  }

  private static List<Figure> duel(
      Lab lab, Child varve, int port, String what, byte[][] byGraphQl, byte[][] byRest) {
    LoadedServer graphQl = loaded(varve, port, byGraphQl);
    LoadedServer rest = loaded(varve, port, byRest);
    lab.progress("warming up: " + what);
    graphQl.warmUp(lab, WARM_UP_REQUESTS);
    rest.warmUp(lab, WARM_UP_REQUESTS);
    Side<Seen> limit = new Side<>(() -> rest.run(lab.round()));
    Side<Seen> ours = new Side<>(() -> graphQl.run(lab.round()));
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), limit, ours);
    double allocated = graphQl.allocatedBytes(lab.round());
    double allocatedByRest = rest.allocatedBytes(lab.round());
    return List.of(
        Seen.perSecond(
            "GraphQL: %s; limit: REST with expand".formatted(what), ours, limit, RATIO_MIN),
        Seen.processorTime(ours, limit),
        Figure.of(
            "- allocated for one request",
            Figure.bytes(allocated),
            Figure.bytes(allocatedByRest),
            allocated / allocatedByRest));
  }

  private static LoadedServer loaded(Child server, int port, byte[][] requests) {
    return new LoadedServer(server, new Load(port, CONNECTIONS, requests, 200));
  }
}
