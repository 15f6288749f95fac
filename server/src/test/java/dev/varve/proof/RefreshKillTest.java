package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` under refreshes: a refresh token that was rotated is never good again, and one that was given out is.
@Order(1)
class RefreshKillTest {
  private static final int BUSY = 3;
  private static final int REFRESHES_MIN = 20;
  private static final String CREDENTIALS =
      "{\"email\": \"ada@example.com\", \"password\": \"correct horse battery\"}";

  @TempDir Path folder;

  /// A session that a client holds: the token that it has, and those that it had.
  private static final class Session {
    private final Deque<String> used = new ConcurrentLinkedDeque<>();
    private String current;

    Session(String current) {
      this.current = current;
    }

    /// False when no answer came.
    boolean refresh(ServerProcess server) throws InterruptedException {
      try {
        HttpResponse<String> answer = RefreshKillTest.refresh(server, current);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        used.add(current);
        current = token(answer);
        return true;
      } catch (IOException killed) {
        return false;
      }
    }
  }

  @Test
  @Timeout(3_600)
  void aRotatedTokenStaysRotatedAndAGivenOneStaysGood() throws Exception {
    Files.writeString(folder.resolve("schema.graphql"), "type User @model @account { id: ID! }\n");
    Files.writeString(
        folder.resolve("varve.yaml"),
        "auth:\n  verification: OPTIONAL\n  password:\n    memoryKibibytes: 7168\n    iterations: 1\n");
    Path data = folder.resolve("data");
    Optional<Round> before = Optional.empty();
    for (int round = 0; round < Rounds.orElse(2); round++) {
      try (ServerProcess server = ServerProcess.serve(folder, data)) {
        if (before.isPresent()) {
          check(server, before.get());
        } else {
          assertThat(server.send("POST", "/auth/sign-up", CREDENTIALS).statusCode()).isEqualTo(202);
        }
        before = Optional.of(signInAndRefreshUntilKilled(server));
      }
    }
    try (ServerProcess server = ServerProcess.serve(folder, data)) {
      check(server, before.orElseThrow());
      server.stop();
    }
  }

  /// The sessions that a kill found.
  ///
  /// @param idle one that was not being refreshed
  private record Round(Session idle, List<Session> busy) {}

  private static Round signInAndRefreshUntilKilled(ServerProcess server) throws Exception {
    Session idle = signIn(server);
    assertThat(idle.refresh(server)).isTrue();
    List<Session> busy = new ArrayList<>();
    for (int i = 0; i < BUSY; i++) {
      busy.add(signIn(server));
    }
    refreshUntilKilled(server, busy);
    return new Round(idle, busy);
  }

  private static void check(ServerProcess server, Round before) throws Exception {
    String kept = before.idle().current;
    assertThat(before.idle().refresh(server)).isTrue();
    assertThat(before.idle().used).contains(kept);
    for (Session session : before.busy()) {
      assertReuseEndsIt(server, session);
    }
    assertReuseEndsIt(server, before.idle());
  }

  private static void refreshUntilKilled(ServerProcess server, List<Session> busy)
      throws Exception {
    AtomicInteger refreshes = new AtomicInteger();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (Session session : busy) {
        clients.add(
            executor.submit(() -> {
              while (session.refresh(server)) {
                refreshes.incrementAndGet();
              }
              return null;
            }));
      }
      Patience.until(
          "enough refreshes, and one of each",
          () ->
              refreshes.get() >= REFRESHES_MIN
                  && busy.stream().noneMatch(session -> session.used.isEmpty()));
      // at any moment of a refresh
      Thread.sleep(ThreadLocalRandom.current().nextInt(300));
      server.kill();
      for (Future<?> client : clients) {
        client.get();
      }
    }
  }

  private static void assertReuseEndsIt(ServerProcess server, Session session)
      throws IOException, InterruptedException {
    assertThat(refresh(server, session.used.getLast()).statusCode()).isEqualTo(401);
    assertThat(refresh(server, session.current).statusCode()).isEqualTo(401);
  }

  private static Session signIn(ServerProcess server) throws IOException, InterruptedException {
    HttpResponse<String> answer = server.send("POST", "/auth/sign-in", CREDENTIALS);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new Session(token(answer));
  }

  private static HttpResponse<String> refresh(ServerProcess server, String token)
      throws IOException, InterruptedException {
    return server.send("POST", "/auth/refresh", "{\"refreshToken\": \"%s\"}".formatted(token));
  }

  private static String token(HttpResponse<String> answer) {
    Map<?, ?> tokens =
        (Map<?, ?>)
            Objects.requireNonNull(Json.read(answer.body().getBytes(StandardCharsets.UTF_8)));
    return String.valueOf(tokens.get("refreshToken"));
  }
}
