package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.command.AppFolder;
import dev.varve.net.certificate.LocalCertificate;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// A whole application as `varve dev --tls` serves it.
class HttpsAppTest {
  @TempDir Path app;

  @Test
  void anApplicationIsServedWithACertificateForThisMachine() throws Exception {
    Files.writeString(app.resolve("schema.graphql"), "type Note @model { id: ID! text: String }");
    AppFolder folder = CommandLine.populateCommand(new AppFolder(), app.toString());
    LocalCertificate local = new LocalCertificate(folder.data());
    Settings read = Settings.read(app, Map.of("VARVE_HTTP_PORT", "0")).forDevelopment();
    Settings settings = read.with(read.http().with(local.settings(Clock.systemUTC())));
    App.Start start = new App.Start(true, Optional.empty(), Map.of());
    try (App running =
            App.start(
                start,
                settings,
                folder.data(),
                folder.schema().schema(),
                folder.schema().access(),
                Clock.systemUTC());
        HttpClient client =
            HttpClient.newBuilder().sslContext(trusting(local.certificate())).build()) {
      URI ready = URI.create("https://localhost:%d/health/ready".formatted(running.port()));
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.ofString());
      assertThat(running.url()).isEqualTo("https://127.0.0.1:" + running.port());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.body())
          .isEqualTo(
              """
              {"status":"UP","checks":{"log":{"status":"UP"},"certificate":{"status":"UP"}}}\
              """);
      assertThat(get(client, running, "/metrics", "text/plain"))
          .contains(
              "\nvarve_tls_certificate_expiry_timestamp_seconds 1.",
              "\nvarve_tls_certificate_trouble 0.0\n",
              "\nvarve_tls_handshakes_total{client_certificate=\"none\"} 1.0\n",
              "\nvarve_tls_handshakes_total{client_certificate=\"shown\"} 0.0\n");
      // what a browser is shown
      assertThat(get(client, running, "/", "text/html"))
          .contains("curl -k https://localhost:%d/auth/sign-up ".formatted(running.port()))
          .doesNotContain("http://");
    }
  }

  private static String get(HttpClient client, App running, String path, String accepted)
      throws Exception {
    URI target = URI.create("https://localhost:%d%s".formatted(running.port(), path));
    HttpRequest request = HttpRequest.newBuilder(target).header("Accept", accepted).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  /// As whoever imported the file would.
  private static SSLContext trusting(Path certificate) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      store.setCertificateEntry(
          "varve", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
