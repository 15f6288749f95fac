package dev.varve.face.auth;

import dev.varve.identity.mail.KeptMails;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `/dev/mails`: the mails that were kept instead of sent, for whoever sits at this machine.
final class MailPage {
  private static final String PATH = "/dev/mails";

  private final KeptMails mails;

  MailPage(KeptMails mails) {
    this.mails = mails;
  }

  Route route() {
    return Route.unlisted("GET", PATH, this::answer);
  }

  private Answer answer(Request request) {
    if (!fromHere(request)) {
      throw Problem.notFound("There is nothing at " + PATH);
    }
    return request.header("Accept").orElse("").contains("application/json") ? json() : page();
  }

  /// Whether the request comes from this machine and knows so: a page of another site, whose name was made to lead
  /// here, names that site as the host.
  private static boolean fromHere(Request request) {
    String host = request.header("Host").orElse("").toLowerCase(Locale.ROOT);
    int port = host.lastIndexOf(':');
    String name = port > host.lastIndexOf(']') ? host.substring(0, port) : host;
    return isLoopback(request.remoteAddress())
        && (name.equals("localhost") || isLoopback(name.replace("[", "").replace("]", "")));
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.ofLiteral(address).isLoopbackAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private Answer json() {
    List<Object> items = mails.all().stream().map(MailPage::members).toList();
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("items", items))));
  }

  private static Object members(KeptMails.Kept kept) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("at", Rfc3339.text(kept.at()));
    members.put("to", kept.mail().to());
    members.put("subject", kept.mail().subject());
    members.put("text", kept.mail().text());
    kept.mail().token().ifPresent(token -> members.put("token", token));
    return members;
  }

  private Answer page() {
    StringBuilder content =
        new StringBuilder("<p>varve dev keeps mails here instead of sending them.</p>\n");
    for (KeptMails.Kept kept : mails.all()) {
      content.append(
          "<h2>%s</h2>\n<p>To %s, %s</p>\n<p>%s</p>\n"
              .formatted(
                  Pages.escaped(kept.mail().subject()),
                  Pages.escaped(kept.mail().to()),
                  Rfc3339.text(kept.at()),
                  linked(kept.mail().text())));
    }
    return Pages.page(200, "Mails", content.toString());
  }

  private static String linked(String text) {
    StringBuilder html = new StringBuilder();
    text.lines()
        .forEach(line -> {
          String safe = Pages.escaped(line);
          boolean link = line.startsWith("http://") || line.startsWith("https://");
          html.append(link ? "<a href=\"%1$s\">%1$s</a>".formatted(safe) : safe).append("<br>\n");
        });
    return html.toString();
  }
}
