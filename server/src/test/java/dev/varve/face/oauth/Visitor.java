package dev.varve.face.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Somebody with a browser without scripts: it keeps cookies, follows what leads to the server itself, and sends forms as they
/// stand on a page.
public final class Visitor {
  private static final Pattern FORM =
      Pattern.compile("<form method=\"post\" action=\"([^\"]*)\">(.*?)</form>", Pattern.DOTALL);
  private static final Pattern HIDDEN =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">");

  private final Server server;
  private final Map<String, String> cookies = new LinkedHashMap<>();

  /// What answers.
  @FunctionalInterface
  public interface Server {
    Reply send(String method, String path, Map<String, String> headers, String body);
  }

  public Visitor(TestServer server) {
    this(server::send);
  }

  public Visitor(Server server) {
    this.server = server;
  }

  /// Asks for a path, and for where that leads, as long as it leads to the server.
  public Reply get(String path) {
    Reply reply = send("GET", path, Map.of(), "");
    return follow(reply);
  }

  private Reply follow(Reply reply) {
    Reply last = reply;
    for (int i = 0; i < 5 && leadsHere(last); i++) {
      last = send("GET", last.header("Location"), Map.of(), "");
    }
    return last;
  }

  private static boolean leadsHere(Reply reply) {
    return reply.status() / 100 == 3 && reply.header("Location").startsWith("/");
  }

  public Reply send(String method, String path, Map<String, String> headers, String body) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    if (!cookies.isEmpty()) {
      all.put(
          "Cookie",
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    Reply reply = server.send(method, path, all, body);
    reply.headers().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("Set-Cookie"))
        .flatMap(header -> header.getValue().stream())
        .forEach(this::keep);
    return reply;
  }

  private void keep(String setCookie) {
    String[] pair = setCookie.split(";", 2)[0].split("=", 2);
    if (pair[1].isEmpty()) {
      cookies.remove(pair[0]);
    } else {
      cookies.put(pair[0], pair[1]);
    }
  }

  public Map<String, String> cookies() {
    return cookies;
  }

  /// Sends the first form of a page, with more fields.
  public Reply submit(Reply page, Map<String, String> more) {
    return follow(submitAlone(page, more));
  }

  /// Sends the form of a page that goes to a path, with more fields, and follows where that leads.
  public Reply submit(Reply page, String path, Map<String, String> more) {
    return follow(submitAlone(page, path, more));
  }

  /// The same, wherever it leads.
  public Reply submitAlone(Reply page, String path, Map<String, String> more) {
    Matcher form = FORM.matcher(page.text());
    while (form.find()) {
      if (unescaped(form.group(1)).equals(path)) {
        return submitAlone(form, more);
      }
    }
    throw new AssertionError("no form goes to " + path + ": " + page.text());
  }

  /// The same of the first form, wherever it leads.
  public Reply submitAlone(Reply page, Map<String, String> more) {
    Matcher form = FORM.matcher(page.text());
    assertThat(form.find()).as(page.text()).isTrue();
    return submitAlone(form, more);
  }

  private Reply submitAlone(Matcher form, Map<String, String> more) {
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher hidden = HIDDEN.matcher(form.group(2));
    while (hidden.find()) {
      fields.put(hidden.group(1), unescaped(hidden.group(2)));
    }
    fields.putAll(more);
    return post(unescaped(form.group(1)), fields);
  }

  public Reply post(String path, Map<String, String> fields) {
    return send("POST", path, FORM_TYPE, form(fields));
  }

  private static final Map<String, String> FORM_TYPE =
      Map.of("Content-Type", "application/x-www-form-urlencoded");

  public static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String unescaped(String html) {
    return html.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  /// The parameters of a URL.
  public static Map<String, String> parameters(String url) {
    Map<String, String> parameters = new LinkedHashMap<>();
    String query = URI.create(url).getRawQuery();
    for (String pair : List.of((query == null ? "" : query).split("&", -1))) {
      String[] both = pair.split("=", 2);
      if (both.length == 2) {
        parameters.put(both[0], java.net.URLDecoder.decode(both[1], StandardCharsets.UTF_8));
      }
    }
    return parameters;
  }
}
