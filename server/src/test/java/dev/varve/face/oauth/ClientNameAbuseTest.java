package dev.varve.face.oauth;

import static dev.varve.face.oauth.Move.move;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Target.asking;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Authenticator;
import dev.varve.face.auth.Pages;
import dev.varve.node.TestServer.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients say of themselves is text, and beside it stands where they come from; what misleads is refused. The moves stand in
/// docs/concepts/abuse.md.
class ClientNameAbuseTest {
  private static Target target;
  private static String email = "";

  @BeforeAll
  static void start() {
    target = new Target();
  }

  @AfterAll
  static void stop() {
    target.close();
  }

  @BeforeEach
  void somebody() {
    email = Provider.somebody(target.server);
  }

  static Stream<String> shownNames() {
    return Stream.of(
        "<img src=x onerror=alert(1)>",
        "</title><script>alert(1)</script>",
        "\"><a href=https://evil.example>here</a>",
        "' onmouseover='alert(1)",
        "{{7*7}} ${7*7} %s %d <%= 1 %>",
        "&lt;script&gt; &#x202e; &amp;",
        "javascript:alert(1)",
        "Varve",
        "N\u043etes",
        "\u05e9\u05dc\u05d5\u05dd",
        "x".repeat(100));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shownNames")
  void aHostileNameIsTextAndStandsBesideWhereItComesFrom(String name) {
    String id = target.registered(name);
    Authenticator enrolled = target.enrolled(email);
    Visitor visitor = target.visitor();
    List<Reply> pages = new ArrayList<>();
    pages.add(authorize(visitor, Provider.request(id, Target.TOOL, "openid")));
    pages.add(visitor.submit(pages.getLast(), credentials(email)));
    pages.add(
        visitor.submit(pages.getLast(), Map.of("factor", "totp", "code", enrolled.nextCode())));
    pages.add(
        authorize(
            target.visitor(),
            Target.with(Provider.request(id, Target.TOOL, "openid"), "prompt", "none")));
    for (Reply page : pages) {
      assertThat(page.text())
          .contains(Pages.escaped(name))
          .containsAnyOf("It has registered itself", Target.TOOL)
          .doesNotContain("<img", "<script>alert", "onmouseover='", "<a href=https://evil");
    }
    assertThat(pages.get(2).text()).contains("<h1>Let ", "https://tool.example");
    visitor.submitAlone(pages.get(2), Map.of("decision", "allow"));
    Reply list =
        visitor.send("GET", "/auth/applications", Map.of("Sec-Fetch-Site", "same-origin"), "");
    assertThat(list.header("Content-Type")).startsWith("application/json");
    assertThat(list.text()).contains(id);
  }

  static Stream<Move> refusedNames() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("nothing at all", "");
    names.put("blanks", "   ");
    names.put("a name that turns the direction of text", "Notes \u202egro.live");
    names.put("an isolate of the other direction", "Notes \u2067x");
    names.put("a letter without width", "No\u200btes");
    names.put("a joiner without width", "No\u200dtes");
    names.put("a byte order mark", "\ufeffNotes");
    names.put("a new line", "Notes\nIt comes from varve.example");
    names.put("a line separator", "Notes\u2028It comes from varve.example");
    names.put("a paragraph separator", "Notes\u2029It comes from varve.example");
    names.put("an escape", "Notes\u001b[31m");
    names.put("fillers that show nothing", "\u3164\u3164\u3164");
    names.put("a blank braille pattern", "\u2800\u2800");
    names.put(
        "marks that pile up over the lines beside", "N" + "\u0335\u0321\u0322\u0489".repeat(6));
    names.put("letters that nobody has agreed on", "Notes\ue000\uf8ff");
    names.put("tags that no page shows", "Notes\udb40\udc41");
    names.put("too much", "x".repeat(101));
    return names.entrySet().stream()
        .map(name ->
            move(
                name.getKey(),
                () -> {
                  Reply reply =
                      target.post(
                          Registration.PATH,
                          Map.of(
                              "client_name",
                              name.getValue(),
                              "redirect_uris",
                              List.of(Target.TOOL),
                              "token_endpoint_auth_method",
                              "none"));
                  assertThat(reply.status()).as(reply.text()).isEqualTo(400);
                  assertThat(text(reply, "error")).isEqualTo("invalid_client_metadata");
                  assertThat(text(reply, "error_description")).startsWith("client_name ");
                }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedNames")
  void aNameThatMisleadsIsNone(Move move) throws Throwable {
    move.make();
  }

  /// Neither asked for by the server, nor by the browser of anybody.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/logo.png",
        "https://evil.example/pixel.png"
      })
  void noPictureAndNoPageOfAClientIsShownOrFetched(String uri) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("client_name", "Tool");
    said.put("redirect_uris", List.of(Target.TOOL));
    said.put("token_endpoint_auth_method", "none");
    for (String member : List.of("logo_uri", "client_uri", "policy_uri", "tos_uri")) {
      said.put(member, uri);
    }
    Reply made = target.post(Registration.PATH, said);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(made.text()).doesNotContain(uri);
    Visitor visitor = target.visitor();
    Reply signIn =
        authorize(visitor, Provider.request(text(made, "client_id"), Target.TOOL, "openid"));
    Reply consent = visitor.submit(signIn, credentials(email));
    assertThat(consent.text()).contains("Let Tool in?");
    for (Reply page : List.of(signIn, consent)) {
      assertThat(page.text()).doesNotContain(uri, "<img");
    }
  }

  @Test
  void whatARequestSaysIsTextOnPagesAndOneLineInHeaders() {
    String hostile = "'\"><script>alert(1)</script>\r\nSet-Cookie: evil=1";
    Reply page =
        authorize(
            target.visitor(),
            asking("login_hint", hostile, "state", hostile, "nonce", hostile, "display", hostile));
    assertThat(page.text()).contains("&lt;script&gt;alert(1)");
    Visitor letIn = target.visitor();
    Provider.code(letIn, asking(), email);
    for (String mode : List.of("query", "form_post")) {
      Reply answer = authorize(letIn, asking("state", hostile, "response_mode", mode));
      assertThat(answer.headers().toString()).doesNotContain("evil=1]", "\n");
      Map<String, String> given =
          mode.equals("query")
              ? Visitor.parameters(answer.header("Location"))
              : Map.of("state", Objects.requireNonNull(Target.fields(answer).get("state")));
      assertThat(given.get("state")).isIn(hostile, Pages.escaped(hostile));
    }
  }
}
