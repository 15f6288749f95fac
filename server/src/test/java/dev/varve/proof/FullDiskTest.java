package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.node.OpenEngine;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server on a real, small file system that fills up. It needs Linux and the right to mount.
@Order(1)
class FullDiskTest {
  private static final int WRITERS = 4;
  private static final int REFUSALS = 20;
  private static final int WRITES_MAX = 20_000;
  private static final String CONTENT = "content ".repeat(1_000);

  private static final String SCHEMA =
      """
      type Page @model @auth(rules: [{allow: public}]) {
        name: String! @unique
        text: String!
      }
      """;

  @TempDir Path folder;
  private Optional<Path> mounted = Optional.empty();

  private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
  private final Set<String> refused = new ConcurrentSkipListSet<>();
  private final AtomicInteger names = new AtomicInteger();

  /// Mounts a file system of that size, or skips the test.
  private Path mount(int mebibytes) throws IOException, InterruptedException {
    assumeThat(System.getProperty("os.name"))
        .as("small file systems need Linux")
        .isEqualTo("Linux");
    Path disk = Files.createDirectory(folder.resolve("disk"));
    String said =
        run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", disk.toString());
    assumeThat(said).as("the right to mount a tmpfs is missing").isEmpty();
    mounted = Optional.of(disk);
    return disk;
  }

  /// @return what it said; nothing when all went well
  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? said : command[0] + " failed: " + said;
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (mounted.isPresent()) {
      assertThat(run("umount", mounted.get().toString())).isEmpty();
    }
  }

  @Test
  void writesAreRefusedWhileThereIsNoSpaceAndGoOnWhenThereIsAgain() throws Exception {
    Path disk = mount(30);
    Path data = disk.resolve("data");
    Path filler = disk.resolve("filler");
    // what it leaves is soon full; without it there is room for all that follows, copied into the
    // tables or not yet
    Files.write(filler, new byte[24 * 1024 * 1024]);
    Files.writeString(folder.resolve("schema.graphql"), SCHEMA);
    try (ServerProcess server = ServerProcess.serve(folder, data)) {
      fill(server);

      assertThat(acknowledged).isNotEmpty();
      assertThat(server.send("GET", "/health/live", "").statusCode()).isEqualTo(200);
      assertHolds(server);

      Files.delete(filler);
      writeAgain(server);
      assertHolds(server);
      assertThat(server.stop()).isIn(0, 143);
    }
    try (ServerProcess server = ServerProcess.serve(folder, data)) {
      assertHolds(server);
      assertThat(server.stop()).isIn(0, 143);
    }
    OpenEngine.Ran verify = OpenEngine.run("verify", folder.toString(), "--data", data.toString());
    assertThat(verify.exitCode()).as(verify.out() + verify.err()).isZero();
  }

  /// Writes from several sides until enough has been refused.
  private void fill(ServerProcess server) throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(
            executor.submit(() -> {
              while (refused.size() < REFUSALS && names.get() < WRITES_MAX) {
                write(server);
              }
              return this;
            }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    assertThat(refused).hasSizeGreaterThanOrEqualTo(REFUSALS);
  }

  private boolean write(ServerProcess server) throws IOException, InterruptedException {
    String name = "page-%05d".formatted(names.incrementAndGet());
    HttpResponse<String> answer =
        server.send(
            "POST", "/api/pages", "{\"name\": \"%s\", \"text\": \"%s\"}".formatted(name, CONTENT));
    if (answer.statusCode() == 201) {
      acknowledged.add(name);
      return true;
    }
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body())
        .contains(
            "\"code\":\"STORAGE_UNAVAILABLE\"",
            "The storage did not take the write, so nothing of it was kept: try again in a moment");
    refused.add(name);
    return false;
  }

  private void writeAgain(ServerProcess server) throws Exception {
    Patience.until("a write is kept", () -> isWritten(server));
    for (int i = 0; i < 100; i++) {
      assertThat(write(server)).isTrue();
    }
  }

  private boolean isWritten(ServerProcess server) {
    try {
      return write(server);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// All that was acknowledged is there and nothing that was refused.
  private void assertHolds(ServerProcess server) throws Exception {
    Set<String> found = new TreeSet<>();
    String cursor = "";
    while (true) {
      HttpResponse<String> answer =
          server.send("GET", "/api/pages?limit=500&fields=name" + cursor, "");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      Map<?, ?> page =
          (Map<?, ?>)
              Objects.requireNonNull(Json.read(answer.body().getBytes(StandardCharsets.UTF_8)));
      for (Object item : (List<?>) Objects.requireNonNull(page.get("items"))) {
        found.add(String.valueOf(((Map<?, ?>) item).get("name")));
      }
      if (page.get("nextCursor") == null) {
        break;
      }
      cursor = "&cursor=" + page.get("nextCursor");
    }
    assertThat(found).isEqualTo(acknowledged);
    assertThat(found).doesNotContainAnyElementsOf(refused);
  }
}
