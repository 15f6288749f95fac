package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A mail that a server in development keeps in place of sending it.
///
/// @param token that it carries; empty for none
public record KeptMail(String subject, String text, String token) {
  /// A server, wherever it runs.
  @FunctionalInterface
  public interface Server {
    Reply send(String method, String path, Map<String, String> headers, String body);
  }

  /// Those to an address, the newest first.
  public static List<KeptMail> to(String email, Server server) {
    Reply reply = server.send("GET", "/dev/mails", Map.of("Accept", "application/json"), "");
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    Map<?, ?> listed = (Map<?, ?>) Objects.requireNonNull(reply.json());
    return ((List<?>) Objects.requireNonNull(listed.get("items")))
        .stream()
            .map(mail -> (Map<?, ?>) mail)
            .filter(mail -> email.equals(mail.get("to")))
            .map(mail ->
                new KeptMail(
                    String.valueOf(mail.get("subject")),
                    String.valueOf(mail.get("text")),
                    Objects.toString(mail.get("token"), "")))
            .toList();
  }

  /// The subjects of those.
  public static List<String> subjects(String email, Server server) {
    return to(email, server).stream().map(KeptMail::subject).toList();
  }
}
