package dev.varve.face.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.net.http.Route;
import dev.varve.node.TestServer.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What must hold for every route of accounts and of signing in to other applications, for those too that are still to come: they are
/// taken from the list by which the server itself finds them.
class EveryRouteTest {
  private static final List<String> FACES = List.of("/auth", "/oauth2", "/.well-known", "/dev");
  private static final Set<String> SAFE = Set.of("GET", "HEAD");
  // names by which applications say where a browser goes on
  private static final List<String> PLACES =
      List.of(
          "next",
          "continue",
          "url",
          "redirect",
          "redirect_uri",
          "redirect_url",
          "return",
          "return_to",
          "returnTo",
          "returnUrl",
          "goto",
          "target",
          "callback",
          "RelayState",
          "post_logout_redirect_uri",
          "initiate_login_uri");
  // what pages show of a request, or might
  private static final List<String> SHOWN =
      List.of(
          "client_id",
          "code",
          "email",
          "error",
          "error_description",
          "id_token_hint",
          "invitation",
          "login_hint",
          "mailed",
          "name",
          "password",
          "returnTo",
          "scope",
          "state",
          "step",
          "token",
          "ui_locales",
          "user_code");
  private static final String NONSENSE = "'\"><script>alert(1)</script><a onclick=alert(1)>";
  private static final Map<String, String> ODD =
      Map.of("Accept-Language", NONSENSE, "User-Agent", NONSENSE, "Referer", NONSENSE);
  private static final Map<String, String> FORM =
      Map.of("Content-Type", "application/x-www-form-urlencoded");

  private static Target target;
  private static List<Route> routes;
  private static String email;

  @BeforeAll
  static void start() {
    target = new Target();
    email = Provider.somebody(target.server);
    routes =
        target.server.routes().stream()
            .filter(route -> FACES.stream().anyMatch(route.pattern()::startsWith))
            .filter(route -> !route.method().equals(Route.WEB_SOCKET))
            .toList();
    assertThat(routes).hasSizeGreaterThan(60);
  }

  @AfterAll
  static void stop() {
    target.close();
  }

  private static String path(Route route) {
    return route
        .pattern()
        .replaceAll("\\{[a-z]*[nN]ame}", Target.PROVIDER)
        .replaceAll("\\{[a-zA-Z]+\\.\\.\\.}", "x")
        .replaceAll("\\{[a-zA-Z]+}", UUID.randomUUID().toString());
  }

  /// A page that is opened by nobody and by somebody, with nothing and with nonsense, is looked at each time ([Target#send]).
  @Test
  void everyPageIsSafeFromFramesAndScripts() {
    Visitor somebody = target.visitor(email);
    Set<String> pages = new TreeSet<>();
    for (Route route : routes) {
      for (Visitor visitor : List.of(target.visitor(), somebody)) {
        for (Reply reply : asked(visitor, route)) {
          if (Target.isPage(reply)) {
            pages.add(route.key());
          }
        }
      }
    }
    Set<String> told =
        routes.stream()
            .filter(route ->
                route.about() instanceof Route.Operation operation
                    && operation.content() instanceof Route.Page)
            .map(Route::key)
            .collect(Collectors.toSet());
    assertThat(told).hasSizeGreaterThan(6);
    assertThat(pages)
        .containsAll(told)
        .contains(
            "GET /oauth2/authorize",
            "GET /oauth2/flow/{id}",
            "POST /oauth2/flow/{id}",
            "GET /oauth2/device",
            "POST /oauth2/device",
            "GET /oauth2/logout",
            "POST /auth/sign-up",
            "POST /auth/password/forgot",
            "POST /auth/password/reset",
            "POST /auth/verify-email",
            "GET /dev/mails");
  }

  private static List<Reply> asked(Visitor visitor, Route route) {
    List<Reply> replies = new ArrayList<>();
    String path = path(route);
    Map<String, String> said = new LinkedHashMap<>();
    SHOWN.forEach(name -> said.put(name, NONSENSE));
    if (route.about() instanceof Route.Operation operation
        && operation.content() instanceof Route.Page page) {
      page.query().forEach(member -> said.put(member.name(), NONSENSE));
    }
    String nonsense = Visitor.form(said);
    if (SAFE.contains(route.method())) {
      replies.add(visitor.send(route.method(), path, Map.of("Accept", "text/html"), ""));
      replies.add(visitor.send(route.method(), path + "?" + nonsense, ODD, ""));
    } else if (!signsOut(route)) {
      replies.add(visitor.send(route.method(), path, FORM, nonsense));
      replies.add(visitor.send(route.method(), path, Map.of(), "{}"));
    }
    return replies;
  }

  /// Whoever is to stay signed in keeps away from these.
  private static boolean signsOut(Route route) {
    return route.pattern().equals("/auth/sign-out") || route.key().equals("DELETE /auth/sessions");
  }

  @Test
  void noParameterLeadsABrowserElsewhere() {
    Visitor somebody = target.visitor(email);
    Map<String, String> places = new LinkedHashMap<>();
    PLACES.forEach(name -> places.put(name, "https://" + Target.EVIL + "/"));
    places.put("state", "https://" + Target.EVIL + "/");
    for (Route route : routes) {
      for (Visitor visitor : List.of(target.visitor(), somebody)) {
        String path = path(route);
        List<Reply> replies =
            SAFE.contains(route.method())
                ? List.of(
                    visitor.send(route.method(), path + "?" + Visitor.form(places), Map.of(), ""))
                : signsOut(route)
                    ? List.of()
                    : List.of(
                        visitor.send(route.method(), path, FORM, Visitor.form(places)),
                        visitor.send(route.method(), path, Map.of(), Target.json(places)));
        replies.forEach(reply -> target.assertStaysHere(route.key(), reply));
      }
    }
  }

  /// What another site makes a browser send, in which somebody is signed in.
  private static final List<Map<String, String>> FOREIGN =
      List.of(
          Map.of("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"),
          Map.of("Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"),
          Map.of("Sec-Fetch-Site", "none"),
          Map.of("Origin", "https://" + Target.EVIL),
          Map.of("Origin", "null"),
          Map.of("X-CSRF-Token", "guessed"),
          Map.of());

  @Test
  void noOtherSiteChangesAnythingForSomebodyWhoIsSignedIn() {
    Visitor somebody = target.visitor(email);
    String other = Provider.somebody(target.server);
    List<String> held = new ArrayList<>();
    for (Route route : routes) {
      if (SAFE.contains(route.method())) {
        continue;
      }
      for (Map<String, String> foreign : FOREIGN) {
        for (String type : List.of("application/json", "text/plain", FORM.get("Content-Type"))) {
          Map<String, String> headers = new LinkedHashMap<>(foreign);
          headers.put("Content-Type", type);
          String body = type.equals("application/json") ? "{}" : "a=b";
          int nobody = target.send(route.method(), path(route), headers, body).status();
          Reply reply = somebody.send(route.method(), path(route), headers, body);
          assertThat(reply.status())
              .as(
                  "%s with %s, where nobody gets %d: %s",
                  route.key(), headers, nobody, reply.text())
              .isIn(403, nobody);
        }
      }
      if (asksWhoItIs(route)) {
        Visitor own = target.visitor(other);
        Map<String, String> same = Map.of("Sec-Fetch-Site", "same-origin");
        if (own.send(route.method(), path(route), same, "{}").status() != 403) {
          held.add(route.key());
        }
      }
    }
    assertThat(held).as("routes that are open to pages of this server").hasSizeGreaterThan(10);
    Reply me = somebody.send("GET", "/auth/me", Map.of("Sec-Fetch-Site", "same-origin"), "");
    assertThat(me.text()).contains(email);
  }

  private static boolean asksWhoItIs(Route route) {
    return route.about() instanceof Route.Operation operation
        && operation.caller() == Route.Caller.ACCOUNT;
  }

  /// A form, and text, can be sent by every site without being asked for.
  @Test
  void whatChangesAnAccountIsSentAsJson() {
    Visitor somebody = target.visitor(email);
    List<String> refused = new ArrayList<>();
    for (Route route : routes) {
      if (!asksWhoItIs(route) || !takesBody(route)) {
        continue;
      }
      for (String type : List.of("text/plain", FORM.get("Content-Type"), "multipart/form-data")) {
        Reply reply =
            somebody.send(
                route.method(),
                path(route),
                Map.of("Sec-Fetch-Site", "same-origin", "Content-Type", type),
                "{\"name\": \"x\"}");
        assertThat(reply.status())
            .as("%s as %s: %s", route.key(), type, reply.text())
            .isIn(415, 403, 404);
        if (reply.status() == 415) {
          refused.add(route.key());
        }
      }
    }
    assertThat(refused).hasSizeGreaterThan(15);
  }

  private static boolean takesBody(Route route) {
    return route.about() instanceof Route.Operation operation
        && operation.content() instanceof Route.Objects objects
        && !objects.takes().isEmpty();
  }
}
