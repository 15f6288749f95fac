package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.bench.LoadedServer.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What applications ask of an OAuth provider: tokens for themselves and for a refresh token, whether a token is good, and the API with
/// tokens that are bound to a key. Tokens are signed with RS256, and every refresh is on disk before it is answered.
final class TokenBenchmark implements Benchmark {
  private static final int CONNECTIONS = 64;
  private static final int RECORDS = 1_000;
  private static final long WARM_UP_GETS = 300_000;
  private static final long WARM_UP_TOKENS = 30_000;
  private static final double TOKENS_PER_SECOND_MIN = 2_000;
  private static final double INTROSPECTION_RATIO_MIN = 0.5;
  private static final double BOUND_RATIO_MIN = 0.25;
  // more than can be asked in a second: a proof is good once
  private static final int PROOFS_PER_SECOND = 25_000;
  private static final int BOUND_WARM_UP_TURNS = 3;

  @Override
  public String name() {
    return "tokens";
  }

  @Override
  public String says() {
    return "tokens for applications, introspection, and GET by id with tokens bound to a key";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (TokenServer server = new TokenServer(lab)) {
      List<String> paths = server.fill(RECORDS);
      List<Figure> figures = new ArrayList<>();
      figures.addAll(
          tokens(
              lab,
              "tokens of applications for themselves (RS256), 64 connections",
              loaded(server, Load.Questions.inTurn(new byte[][] {TokenServer.forItself()}))));
      lab.progress("letting an application in");
      figures.addAll(
          tokens(
              lab,
              "tokens for refresh tokens that rotate (RS256, durable), 64 connections",
              loaded(server, new Refreshes(server.refreshTokens(CONNECTIONS)))));
      figures.addAll(againstGets(lab, server, paths));
      return figures;
    }
  }

  private static LoadedServer loaded(TokenServer server, Load.Questions questions) {
    return new LoadedServer(server.process(), new Load(server.port(), CONNECTIONS, questions, 200));
  }

  private static List<Figure> tokens(Lab lab, String what, LoadedServer server) {
    lab.progress("warming up");
    server.warmUp(lab, WARM_UP_TOKENS);
    Side<Seen> ours = new Side<>(() -> server.run(lab.round()));
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), ours);
    double rate = ours.median(Seen::perSecond);
    return List.of(
        new Figure(
            what,
            Figure.perSecond(rate),
            "",
            "",
            new Target(
                    "at least %,.0f/s".formatted(TOKENS_PER_SECOND_MIN),
                    rate >= TOKENS_PER_SECOND_MIN)
                .toString()),
        new Figure(
            "- processor time of the server for one request",
            Figure.micros(ours.median(Seen::cpuMicros)),
            "",
            "",
            ""),
        new Figure(
            "- half and 99 of 100 answered within",
            Figure.millis(ours.median(Seen::medianMillis))
                + ", "
                + Figure.millis(ours.median(Seen::slowMillis)),
            "",
            "",
            ""));
  }

  /// Each connection goes on with the token that it got last.
  private static final class Refreshes implements Load.Questions {
    private static final String BEFORE = "\"refresh_token\":\"";

    private final String[] tokens;

    Refreshes(List<String> tokens) {
      this.tokens = tokens.toArray(String[]::new);
    }

    @Override
    public byte[] next(int connection) {
      return TokenServer.post(
          TokenServer.TOKEN,
          Map.of("grant_type", "refresh_token", "refresh_token", tokens[connection]));
    }

    @Override
    public void answered(int connection, Supplier<String> answer) {
      String text = answer.get();
      int start = text.indexOf(BEFORE) + BEFORE.length();
      tokens[connection] = text.substring(start, text.indexOf('"', start));
    }
  }

  private static List<Figure> againstGets(Lab lab, TokenServer server, List<String> paths) {
    String token = server.token();
    LoadedServer gets =
        loaded(
            server,
            Load.Questions.inTurn(
                paths.stream().map(path -> Requests.get(path, token)).toArray(byte[][]::new)));
    LoadedServer introspections =
        loaded(
            server,
            Load.Questions.inTurn(
                new byte[][] {TokenServer.post(TokenServer.INTROSPECT, Map.of("token", token))}));
    lab.progress("warming up");
    gets.warmUp(lab, WARM_UP_GETS);
    introspections.warmUp(lab, WARM_UP_TOKENS);
    Bound bound = new Bound(lab, server, paths);
    for (int i = 0; i < BOUND_WARM_UP_TURNS; i++) {
      bound.get();
    }
    Side<Seen> limit = new Side<>(() -> gets.run(lab.round()));
    Side<Seen> introspected = new Side<>(() -> introspections.run(lab.round()));
    Side<Seen> proven = new Side<>(bound);
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), limit, introspected, proven);
    return List.of(
        Seen.perSecond(
            "introspection, 64 connections; limit: GET by id with a bearer token",
            introspected,
            limit,
            INTROSPECTION_RATIO_MIN),
        Seen.processorTime(introspected, limit),
        Seen.perSecond(
            "GET by id with a token bound to a key (DPoP, ES256), 64 connections; limit: with a bearer token",
            proven,
            limit,
            BOUND_RATIO_MIN),
        Seen.processorTime(proven, limit));
  }

  /// A turn with proofs that are made just before it.
  private static final class Bound implements Supplier<Seen> {
    private final Lab lab;
    private final TokenServer server;
    private final List<String> paths;
    private final ClientKey key = new ClientKey();

    Bound(Lab lab, TokenServer server, List<String> paths) {
      this.lab = lab;
      this.server = server;
      this.paths = paths;
    }

    @Override
    public Seen get() {
      String nonce = server.nonce(key);
      String token = server.token(key, nonce);
      int count = (int) (PROOFS_PER_SECOND * lab.round().toMillis() / 1_000);
      byte[][] requests = new byte[count][];
      for (int i = 0; i < count; i++) {
        String path = paths.get(i % paths.size());
        requests[i] =
            Requests.get(path, token, key.proof("GET", "http://localhost" + path, nonce, token));
      }
      return loaded(server, Load.Questions.inTurn(requests)).run(lab.round());
    }
  }
}
