package dev.varve.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.varve.net.certificate.LocalCertificate;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.node.InstalledVarve;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A page of another origin, which has only its own file and this API over HTTPS, in a browser.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherOriginTest {
  private static final String SCHEMA =
      """
      type Guest @model @account
        @auth(rules: [{allow: owner, ownerField: "id", operations: [READ]}]) {
        email: Email! @unique
      }

      type Wish @model @auth(rules: [{allow: owner, ownerField: "guest"}]) {
        guest: Guest!
        text: String!
      }
      """;
  private static final String PAGE =
      """
      <!doctype html>
      <title>Wishes</title>
      <pre id="said"></pre>
      <script>
        const json = {'Content-Type': 'application/json'};
        const say = text => document.getElementById('said').textContent += text + '\\n';

        async function call(url, options) {
          const response = await fetch(url, options);
          if (!response.ok) throw new Error(response.status + ' ' + await response.text());
          return response;
        }

        async function run(api) {
          const me = {email: 'ada@example.com', password: 'correct horse battery'};
          const post = body => ({method: 'POST', headers: json, body: JSON.stringify(body)});
          await call(api + '/auth/sign-up', post(me));
          const {accessToken} = await (await call(api + '/auth/sign-in', post(me))).json();
          const signed = {...json, Authorization: 'Bearer ' + accessToken};
          const feed = await call(api + '/api/events?model=Wish', {headers: signed});
          const events = feed.body.pipeThrough(new TextDecoderStream()).getReader();
          const created = await call(api + '/api/wishes', {
            method: 'POST', headers: signed, body: JSON.stringify({text: 'a boat'})});
          say('created ' + created.headers.get('ETag') + ' ' + created.headers.get('Location'));
          const {id} = await created.json();
          const changed = await call(api + '/api/wishes/' + id, {
            method: 'PATCH',
            headers: {...signed, 'Content-Type': 'application/merge-patch+json', 'If-Match': '"1"'},
            body: JSON.stringify({text: 'a ship'})});
          say('changed ' + changed.headers.get('ETag'));
          const {items} = await (await call(api + '/api/wishes', {headers: signed})).json();
          say('listed ' + items.map(wish => wish.text));
          let told = '';
          while (!told.includes('a ship')) told += (await events.read()).value;
          say('heard ' + (told.includes(id)));
          const refused = await fetch(api + '/api/wishes/none', {headers: signed});
          say('refused ' + refused.status + ' ' + (await refused.json()).error.code);
          say('done');
        }
        run(new URLSearchParams(location.search).get('api')).catch(error => say('failed ' + error));
      </script>
      """;

  @TempDir private static Path folder;

  private HttpServer allowed;
  private HttpServer forbidden;
  private InstalledVarve varve;
  private Browser browser;

  @BeforeAll
  void start() throws Exception {
    allowed = page();
    forbidden = page();
    Path app = Files.createDirectories(folder.resolve("wishes"));
    TlsSettings tls = new LocalCertificate(app.resolve(".varve")).settings(Clock.systemUTC());
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    Files.writeString(
        app.resolve("varve.yaml"),
        """
        http:
          tls:
            certificate: %s
            key: %s
          cors:
            origins: [%s]
        auth:
          verification: OPTIONAL
        """
            .formatted(tls.certificate(), tls.key(), origin(allowed)));
    varve = InstalledVarve.serve(List.of("serve", app.toString()));
    browser = Browser.startTrusting(keyHash(Path.of(tls.certificate())));
  }

  /// Serves the page, and nothing else.
  private static HttpServer page() throws IOException {
    byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/page",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String origin(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// How Chromium names a public key: SHA-256 of it in Base64.
  private static String keyHash(Path certificate) throws Exception {
    try (InputStream in = Files.newInputStream(certificate)) {
      byte[] key =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(in)
              .getPublicKey()
              .getEncoded();
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
    }
  }

  @AfterAll
  void stop() {
    allowed.stop(0);
    forbidden.stop(0);
    if (browser != null) {
      browser.close();
    }
    if (varve != null) {
      varve.close();
    }
  }

  private String said(HttpServer server, String end) {
    String api = "https://127.0.0.1:" + varve.port();
    browser.open(URI.create(origin(server) + "/page?api=" + api).toString());
    browser.until(() -> text().contains(end), "the page says " + end);
    return text();
  }

  private String text() {
    return String.join("\n", browser.texts("#said"));
  }

  @Test
  void aPageOfAnAllowedOriginSignsInListsWritesAndListens() {
    assertThat(said(allowed, "done"))
        .matches(
            """
            created "1" /api/wishes/\\S+
            changed "2"
            listed a ship
            heard true
            refused 404 NOT_FOUND
            done\
            """);
  }

  @Test
  void aPageOfAnotherOriginIsRefusedByTheBrowser() {
    assertThat(said(forbidden, "failed")).isEqualTo("failed TypeError: Failed to fetch");
    assertThat(browser.complaints()).anyMatch(line -> line.contains("blocked by CORS policy"));
  }
}
