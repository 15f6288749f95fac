package dev.varve.face.auth;

import static dev.varve.face.auth.Passkeyed.enrolled;
import static dev.varve.face.auth.People.ADA;
import static dev.varve.face.auth.People.join;
import static dev.varve.face.auth.People.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import org.junit.jupiter.api.Test;

class PasskeyTest {
  @Test
  void whoHasAPasskeySignsInWithNothingElse() {
    SteppedClock clock = SteppedClock.ticking();
    try (TestServer server = TestServer.start(People.plan().with(clock))) {
      SoftwareKey key = enrolled(server, text(join(server, ADA), "accessToken"));
      Reply signedIn = Passkeyed.signIn(server, key);
      assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
      assertThat(People.account(signedIn)).containsEntry("email", ADA);
      System.err.println(Passkeyed.list(server, text(signedIn, "accessToken")).text());
      System.err.println(People.events(server));
      System.err.println(People.mails(server, ADA, 2));
    }
  }
}
