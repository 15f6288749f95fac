package dev.varve.proof;

import dev.varve.kernel.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdleHeapTest {
  @TempDir Path folder;

  /// A start leaves enough behind to be worth it.
  @Test
  void aServerThatNobodyAsksCollectsWhatIsLeft() throws IOException {
    Path app = Files.createDirectory(folder.resolve("app"));
    Files.writeString(
        app.resolve("schema.graphql"),
        "type Note @model @auth(rules: [{allow: public}]) { text: String }");
    try (ServerProcess server =
        ServerProcess.serve(app, folder.resolve("data"), "-Xmx256m", "-Xlog:gc")) {
      Patience.until(
          "a collection at rest",
          () -> server.said().stream().anyMatch(line -> line.contains("Pause Full (System.gc())")));
    }
  }
}
