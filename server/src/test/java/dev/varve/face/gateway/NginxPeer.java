package dev.varve.face.gateway;

import dev.varve.kernel.FreePort;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Programs;
import dev.varve.net.certificate.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// The nginx of this machine as a service: `/protocol` tells how it was asked, all else are files. It listens in the clear for
/// HTTP/1.1 and for HTTP/2, and over TLS for HTTP/1.1 alone and for both.
final class NginxPeer implements AutoCloseable {
  static final String INSTALL = "nginx is not installed: apt-get install nginx-light";

  private final Process process;
  private final int[] ports;

  private NginxPeer(Process process, int[] ports) {
    this.process = process;
    this.ports = ports;
  }

  /// Where it is installed.
  static Optional<String> program() {
    return Programs.find("nginx");
  }

  /// @param folder where its files are, and what it writes
  static NginxPeer start(String program, Path folder, TestAuthority authority) throws IOException {
    authority.issue().write(folder.resolve("nginx.pem"), folder.resolve("nginx.key"));
    int[] ports = IntStream.generate(FreePort::choose).limit(4).toArray();
    Path settings = Files.writeString(folder.resolve("nginx.conf"), settings(folder, ports));
    Process process =
        new ProcessBuilder(
                program, "-p", folder + "/", "-e", "error.log", "-c", settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.log").toFile())
            .start();
    NginxPeer peer = new NginxPeer(process, ports);
    Patience.until("nginx listens", () -> !process.isAlive() || peer.listens());
    if (!process.isAlive()) {
      throw new IOException("nginx did not start: " + Files.readString(folder.resolve("out.log")));
    }
    return peer;
  }

  private boolean listens() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), ports[3])) {
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static String settings(Path folder, int[] ports) {
    String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
    return """
    %1$s
    daemon off;
    worker_processes 1;
    pid %2$s/nginx.pid;
    events { worker_connections 256; }
    http {
      access_log off;
      client_body_temp_path %2$s/bodies;
      proxy_temp_path %2$s/proxy;
      fastcgi_temp_path %2$s/fastcgi;
      uwsgi_temp_path %2$s/uwsgi;
      scgi_temp_path %2$s/scgi;
      client_max_body_size 0;
      ssl_certificate %2$s/nginx.pem;
      ssl_certificate_key %2$s/nginx.key;
      server {
        listen 127.0.0.1:%3$d;
        listen 127.0.0.1:%4$d http2;
        listen 127.0.0.1:%5$d ssl;
        listen 127.0.0.1:%6$d ssl http2;
        root %2$s/files;
        location /protocol { return 200 "$server_protocol $request_method $http_x_forwarded_proto"; }
        location /refused { return 413; }
      }
    }
    """
        .formatted(user, folder, ports[0], ports[1], ports[2], ports[3]);
  }

  String http1() {
    return "http://127.0.0.1:" + ports[0];
  }

  String http2() {
    return "http://127.0.0.1:" + ports[1];
  }

  String tlsWithHttp1() {
    return "https://localhost:" + ports[2];
  }

  String tlsWithBoth() {
    return "https://localhost:" + ports[3];
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(Patience.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
