package dev.varve.face.oauth;

import dev.varve.identity.account.AccountStages;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.Logouts;
import dev.varve.identity.client.Logouts.Due;
import dev.varve.identity.token.SignedForClients;
import dev.varve.kernel.Pauses;
import dev.varve.net.outgoing.CallFailed;
import dev.varve.net.outgoing.OutgoingCalls;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import dev.varve.net.outgoing.OutgoingCalls.Reply;
import dev.varve.net.outgoing.Reach;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells clients that their sessions have ended (OpenID Connect Back-Channel Logout 1.0), whatever has ended them, in this process or in a
/// command beside it: what is to be told lies in the database until it was. A client may be told twice, and never not at all.
final class LogoutNotices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogoutNotices.class);
  // how long somebody stays signed in elsewhere after they have signed out
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration CALL = Duration.ofSeconds(5);
  // nobody reads what clients answer
  private static final int REPLY_BYTES_MAX = 16_384;
  private static final Duration CLOSING_MAX = CALL.plusSeconds(1);
  private static final String ACTOR = "varve";
  private static final String REQUEST = "logout-notices";

  private final AccountStages stages;
  private final Clients clients;
  private final SignedForClients signed;
  private final OutgoingCalls calls = new OutgoingCalls(CALL, REPLY_BYTES_MAX);
  private final Pauses pauses = new Pauses();
  private final Thread thread = Thread.ofVirtual().name("varve-logouts").unstarted(this::run);

  LogoutNotices(AccountStages stages, Clients clients, SignedForClients signed) {
    this.stages = stages;
    this.clients = clients;
    this.signed = signed;
  }

  void start() {
    thread.start();
  }

  private void run() {
    while (pauses.pause(LOOK_EVERY)) {
      look();
    }
  }

  private void look() {
    try {
      Instant now = stages.clock().instant();
      List<Due> due = stages.database().lookup(rows -> Logouts.due(rows, now));
      if (!due.isEmpty()) {
        tell(stages.database().isShared() ? taken() : due);
      }
    } catch (RuntimeException e) {
      LOG.error("Clients could not be told that their sessions have ended", e);
    }
  }

  /// Those that no other node tells.
  private List<Due> taken() {
    return stages.sequencer().submit(ACTOR, REQUEST, Logouts::take);
  }

  private void tell(List<Due> due) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      due.forEach(one -> threads.execute(() -> tell(one)));
    }
  }

  private void tell(Due due) {
    Optional<Client> client =
        clients.find(due.client()).filter(known -> known.profile().logoutNotices().isPresent());
    try {
      if (client.isPresent()) {
        tell(due, clients.reach(client.get()), client.get().profile().logoutNotices().get());
      }
      write(due);
    } catch (CallFailed e) {
      failed(due, e);
    } catch (RuntimeException e) {
      LOG.error("The client {} could not be told that a session has ended", due.client(), e);
    }
  }

  private void tell(Due due, Reach reach, URI target) throws CallFailed {
    String token =
        signed.logout(due.client(), due.account(), due.session(), stages.clock().instant());
    Call call =
        new Call(
            "POST",
            target,
            Map.of("Content-Type", "application/x-www-form-urlencoded"),
            "logout_token=" + token);
    Reply reply = calls.send(reach, call);
    if (reply.status() / 100 != 2) {
      throw new CallFailed("it answers %d".formatted(reply.status()));
    }
  }

  private void write(Due due) {
    stages
        .sequencer()
        .submit(
            ACTOR,
            REQUEST,
            write -> {
              Logouts.done(write, due);
              return true;
            });
  }

  private void failed(Due due, CallFailed reason) {
    Optional<Instant> next =
        stages.sequencer().submit(ACTOR, REQUEST, write -> Logouts.failed(write, due));
    LOG.warn(
        "The client {} was not told that a session has ended: {}. {}",
        due.client(),
        reason.getMessage(),
        next.map("It is told again at %s"::formatted).orElse("It is not told any more"));
  }

  @Override
  public void close() {
    pauses.close(thread, CLOSING_MAX);
  }
}
