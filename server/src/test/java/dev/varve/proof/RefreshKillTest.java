package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final List<String> used = new ArrayList<>();
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
    try (ServerProcess server = ServerProcess.serve(folder, data)) {
      assertThat(server.send("POST", "/auth/sign-up", CREDENTIALS).statusCode()).isEqualTo(202);
      server.stop();
    }
    for (int round = 0; round < Rounds.orElse(2); round++) {
      Session idle;
      List<Session> busy = new ArrayList<>();
      try (ServerProcess server = ServerProcess.serve(folder, data)) {
        idle = signIn(server);
        assertThat(idle.refresh(server)).isTrue();
        for (int i = 0; i < BUSY; i++) {
          busy.add(signIn(server));
        }
        refreshUntilKilled(server, busy);
      }
      try (ServerProcess server = ServerProcess.serve(folder, data)) {
        String kept = idle.current;
        assertThat(idle.refresh(server)).isTrue();
        assertThat(idle.used).contains(kept);
        for (Session session : busy) {
          assertReuseEndsIt(server, session);
        }
        assertReuseEndsIt(server, idle);
        server.stop();
      }
    }
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
      // a slow machine is given the time to do something
      for (int i = 0; i < 200 && refreshes.get() < REFRESHES_MIN; i++) {
        Thread.sleep(50);
      }
      Thread.sleep(ThreadLocalRandom.current().nextInt(300));
      server.kill();
      for (Future<?> client : clients) {
        client.get();
      }
    }
    assertThat(refreshes).hasValueGreaterThanOrEqualTo(REFRESHES_MIN);
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
