package dev.varve.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The nginx of this machine, where there is one, as it is by itself: one worker for each core, and no log. It serves a folder
/// with `sendfile`, or stands in front of another server and keeps connections to it.
final class NginxServer implements AutoCloseable {
  private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

  private final Process process;
  private final int port;

  private NginxServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Starts one that serves a folder, if it is installed.
  static Optional<NginxServer> serving(Lab lab, Path files) {
    return start(lab, "", "root %s;".formatted(files.toAbsolutePath()));
  }

  /// Starts one in front of a server on this machine, if it is installed.
  ///
  /// @param connections that it keeps open to that server, of each worker
  static Optional<NginxServer> before(Lab lab, int port, int connections) {
    String upstream =
        "upstream behind { server 127.0.0.1:%d; keepalive %d; keepalive_requests 1000000000; }"
            .formatted(port, connections);
    String location =
        "location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection \"\"; }";
    return start(lab, upstream, location);
  }

  private static Optional<NginxServer> start(Lab lab, String upstream, String site) {
    Optional<String> program = program();
    if (program.isEmpty()) {
      return Optional.empty();
    }
    try {
      int port = freePort();
      Path folder = Files.createDirectories(lab.data("nginx")).toAbsolutePath();
      Path settings =
          Files.writeString(folder.resolve("nginx.conf"), settings(folder, port, upstream, site));
      Process process =
          new ProcessBuilder(
                  program.get(), "-p", folder + "/", "-e", "error.log", "-c", settings.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out.log").toFile())
              .start();
      NginxServer server = new NginxServer(process, port);
      server.awaitStart(folder);
      return Optional.of(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> program() {
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator))
        .map(folder -> new File(folder, "nginx"))
        .filter(File::canExecute)
        .map(File::getPath)
        .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String settings(Path folder, int port, String upstream, String site) {
    String user = "root".equals(System.getProperty("user.name")) ? "user root;\n" : "";
    List<String> bodies =
        List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi").stream()
            .map(kind -> "%s_temp_path %s/%s;".formatted(kind, folder, kind))
            .toList();
    return user
        + """
        daemon off;
        worker_processes auto;
        pid %1$s/nginx.pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          keepalive_requests 1000000000;
          open_file_cache max=100;
          %5$s
          %3$s
          server { listen 127.0.0.1:%2$d; %4$s }
        }
        """
            .formatted(folder, port, upstream, site, String.join("\n  ", bodies));
  }

  private void awaitStart(Path folder) throws IOException {
    long deadline = System.nanoTime() + START_NANOS_MAX;
    while (System.nanoTime() < deadline && process.isAlive()) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    close();
    throw new IOException("nginx did not start:\n" + Files.readString(folder.resolve("out.log")));
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(START_NANOS_MAX, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
