package dev.varve.docs;

import static org.junit.jupiter.api.Assertions.fail;

import dev.varve.kernel.FreePort;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opentest4j.TestAbortedException;

/// The nginx of this machine with settings of an example, as somebody runs it who tries them.
final class Nginx implements AutoCloseable {
  private static final String INSTALL =
      "The page was not tried: nginx is not installed. On Debian: apt-get install nginx-light";
  private static final Pattern SERVER = Pattern.compile("server 127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern LISTEN = Pattern.compile("listen 127\\.0\\.0\\.1:\\d+");

  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// @param folder that is its prefix
  /// @param ports where is what the settings have at a port
  static Nginx start(Path folder, Path settings, IntUnaryOperator ports) throws IOException {
    String program = Programs.find("nginx").orElseGet(Nginx::missing);
    int port = FreePort.choose();
    String placed =
        SERVER
            .matcher(Files.readString(settings))
            .replaceAll(server ->
                Matcher.quoteReplacement(
                    "server 127.0.0.1:" + ports.applyAsInt(Integer.parseInt(server.group(1)))));
    placed = LISTEN.matcher(placed).replaceAll("listen 127.0.0.1:" + port);
    Path file = Files.writeString(folder.resolve("nginx.conf"), user() + placed);
    Path output = folder.resolve("nginx.log");
    Process process =
        new ProcessBuilder(program, "-p", folder + "/", "-e", "stderr", "-c", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Nginx nginx = new Nginx(process, port);
    Patience.until("nginx listens", () -> !process.isAlive() || nginx.listens());
    if (!process.isAlive()) {
      throw new AssertionError("nginx did not start: " + Files.readString(output));
    }
    return nginx;
  }

  private static String missing() {
    return "true".equals(System.getenv("CI")) ? fail(INSTALL) : skipped();
  }

  private static String skipped() {
    throw new TestAbortedException(INSTALL);
  }

  // the folders of a test are root's alone
  private static String user() {
    return "root".equals(System.getProperty("user.name")) ? "user root;\n" : "";
  }

  private boolean listens() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    Patience.until("nginx has ended", () -> !process.isAlive());
  }
}
