package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `bin/varve` makes of its environment before it starts Java.
class LauncherTest {
  private static final Path PROJECT =
      Path.of(System.getProperty("basedir", ".")).resolve("..").toAbsolutePath();

  @Test
  void theHeapIsBoundedUnlessAnotherSizeIsGiven() throws Exception {
    assertThat(memoryFlags(Map.of())).endsWith(" -Xmx256m");
    assertThat(memoryFlags(Map.of("VARVE_HEAP", "2g"))).endsWith(" -Xmx2g");
  }

  @ParameterizedTest
  @ValueSource(strings = {"much", "12x", "m", "1.5g", "512m -version"})
  void whatIsNoSizeIsRefused(String heap) throws Exception {
    assertThat(memoryFlags(Map.of("VARVE_HEAP", heap)))
        .isEqualTo("VARVE_HEAP is '%s': write a size, such as 512m or 2g.\n".formatted(heap));
  }

  /// Varve would warn of a variable that is none of its settings.
  @Test
  void theVariableIsNotHandedOn() throws Exception {
    assertThat(run("read_heap; printf %s \"${VARVE_HEAP-none}\"", Map.of("VARVE_HEAP", "1g")))
        .isEqualTo("none");
  }

  private static String memoryFlags(Map<String, String> environment) throws Exception {
    return run("read_heap; printf %s \"$memory_flags\"", environment);
  }

  private static String run(String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", ". \"$root/bin/lib/java.sh\"; " + script)
            .redirectErrorStream(true);
    shell.environment().put("root", PROJECT.toString());
    shell.environment().remove("VARVE_HEAP");
    shell.environment().putAll(environment);
    Process process = shell.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }
}
