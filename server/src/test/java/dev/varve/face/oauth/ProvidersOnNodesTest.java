package dev.varve.face.oauth;

import static dev.varve.face.oauth.Bank.ISSUER;
import static dev.varve.face.oauth.Bank.nonce;
import static dev.varve.face.oauth.Bank.proven;
import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.SECRET;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.varve.identity.client.ClientSettings;
import dev.varve.identity.token.Secrets;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Two nodes sign in to applications as one server does: what is good once is good once at all of them.
class ProvidersOnNodesTest {
  private static final SteppedClock CLOCK = SteppedClock.standing();
  private static final KeyHolder KEY = KeyHolder.es256();
  private static final String TOKEN = ISSUER + TokenEndpoint.PATH;
  private static final String NOTES = ISSUER + "/api/notes";
  private static final AtomicInteger TOLD = new AtomicInteger();

  private static HttpServer client;
  private static TestServer first;
  private static TestServer second;
  private static String access;

  @BeforeAll
  static void start() throws IOException {
    client = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    client.createContext(
        "/ended",
        exchange -> {
          TOLD.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    client.start();
    ClientSettings page = Objects.requireNonNull(Provider.clients().clients().get("notes-page"));
    Plan plan =
        Bank.plan(
                CLOCK,
                SettingRecords.changed(
                    page,
                    Map.of(
                        "backchannelLogoutUri",
                        "http://127.0.0.1:%d/ended".formatted(client.getAddress().getPort()))))
            .knowing(
                Map.of(
                    "OFFICE_SECRET",
                    SECRET,
                    Secrets.AUTH,
                    Base64.getEncoder().encodeToString(new byte[32])));
    first = TestServer.startInPostgres(plan);
    second = first.beside();
    access = text(office(first, nonce(first, CLOCK)), "access_token");
  }

  @AfterAll
  static void stop() {
    second.close();
    first.close();
    client.stop(0);
  }

  private static Reply office(TestServer at, String nonce) {
    Map<String, String> form =
        Map.of(
            "grant_type",
            "client_credentials",
            "client_id",
            "office",
            "client_secret",
            SECRET,
            "scope",
            "notes:read");
    Reply reply =
        proven(at, TokenEndpoint.PATH, form, KEY.proof("POST", TOKEN, nonce, CLOCK.instant()));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply;
  }

  private static String proof(String nonce) {
    return KEY.proof("GET", NOTES, nonce, CLOCK.instant(), access);
  }

  private static Reply notes(TestServer at, String proof) {
    return at.send(
        "GET", "/api/notes", Map.of("Authorization", "DPoP " + access, "DPoP", proof), "");
  }

  @Test
  void aNonceOfOneNodeIsGoodAtTheOther() {
    String nonce = nonce(first, CLOCK);
    assertThat(nonce(second, CLOCK)).isEqualTo(nonce);
    office(second, nonce);
    assertThat(notes(second, proof(nonce)).status()).isEqualTo(200);
  }

  @Test
  void aProofIsGoodOnceAtAllNodesTogether() throws Exception {
    String once = proof(nonce(first, CLOCK));
    List<Callable<Integer>> racing = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      TestServer node = i % 2 == 0 ? first : second;
      racing.add(() -> notes(node, once).status());
    }
    assertThat(AtOnce.all(racing)).containsOnlyOnce(200).containsOnly(200, 401);
  }

  /// The nonces go on being good, and what has come is still known.
  @Test
  void aProofIsNotGoodAgainAfterARestart() {
    String nonce = nonce(first, CLOCK);
    String used = proof(nonce);
    assertThat(notes(second, used).status()).isEqualTo(200);
    second.restart();
    Reply again = notes(second, used);
    assertThat(again.status()).isEqualTo(401);
    assertThat(again.text()).contains("it has been used before");
    assertThat(notes(second, proof(nonce)).status()).isEqualTo(200);
  }

  @Test
  void aClientIsToldByOneNodeThatASessionHasEnded() {
    int ended = 4;
    for (int i = 0; i < ended; i++) {
      TestServer node = i % 2 == 0 ? first : second;
      String email = Provider.somebody(node);
      Map<String, String> form =
          codeForm(
              "notes-page",
              PAGE,
              Provider.code(new Visitor(node), request("notes-page", PAGE, "openid"), email));
      assertThat(token(node, form).status()).isEqualTo(200);
      // the code comes again
      assertThat(token(node, form).status()).isEqualTo(400);
    }
    Patience.until(
        "all are told", () -> first.column("SELECT session FROM varve_logout").isEmpty());
    assertThat(TOLD.get()).isEqualTo(ended);
  }
}
