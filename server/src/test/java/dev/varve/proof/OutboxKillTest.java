package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.mail.ScriptedMailServer;
import dev.varve.identity.mail.ScriptedMailServer.Received;
import dev.varve.kernel.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` while mails are on their way, when the mail server has one and has not said so yet: none is lost, and the one comes again
/// as the same.
class OutboxKillTest {
  private static final List<String> PEOPLE =
      List.of("ada@example.com", "grace@example.com", "edsger@example.com");

  @TempDir Path folder;

  @Test
  void whatWasAnsweredIsMailedAfterAKill() throws Exception {
    try (ScriptedMailServer mails = new ScriptedMailServer()) {
      Files.writeString(
          folder.resolve("schema.graphql"), "type Note @model {\n  text: String!\n}\n");
      Files.writeString(
          folder.resolve("varve.yaml"),
          """
          mail: {host: 127.0.0.1, port: %d, from: shop@example.com, tls: NONE}
          """
              .formatted(mails.port()));
      mails.beSilent(true);
      try (ServerProcess process = ServerProcess.serve(folder, folder.resolve("data"))) {
        for (String email : PEOPLE) {
          assertThat(
                  process
                      .reply(
                          "POST",
                          "/auth/sign-up",
                          Map.of(),
                          "{\"email\": \"%s\", \"password\": \"correct horse battery\"}"
                              .formatted(email))
                      .status())
              .isEqualTo(202);
        }
        Patience.until("one is on its way", () -> !mails.received().isEmpty());
        process.kill();
      }
      String begun = mails.received().getFirst().to();
      mails.beSilent(false);
      try (ServerProcess process = ServerProcess.serve(folder, folder.resolve("data"))) {
        PEOPLE.forEach(mails::awaitFor);
        Patience.until("the first comes again", () -> mails.receivedBy(begun).size() == 2);
        assertThat(mails.receivedBy(begun).stream().map(OutboxKillTest::id).distinct()).hasSize(1);
        process.stop();
      }
    }
  }

  private static String id(Received mail) {
    return mail.header("Message-ID");
  }
}
