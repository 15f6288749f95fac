package dev.varve.node;

import dev.varve.face.events.ServerSentEvent;
import dev.varve.identity.account.SecurityEvents;
import dev.varve.lane.live.CommittedQueue;
import dev.varve.lane.live.Feed;
import java.util.Optional;

/// Both lanes, and where the write lane puts what the feed has to tell.
record Lanes(Engine engine, CommittedQueue committed) {
  static Lanes start(Ground ground, WantedSchema wanted) {
    CommittedQueue committed = new CommittedQueue();
    Engine engine =
        Engine.start(
            ground.database(),
            new Engine.Setup(
                wanted,
                ground.clock(),
                ground.settings().write(),
                ground.settings().cache(),
                committed,
                Optional.of(ground.membership().neighbours(ground.folder().folder())),
                ground.telemetry().metrics()));
    return new Lanes(engine, committed);
  }

  Feed feed(Ground ground) {
    return new Feed(
            engine.schema(),
            engine.access(),
            ground.database(),
            engine.log(),
            committed,
            ground.clock(),
            ground.settings().live(),
            ServerSentEvent::notice,
            SecurityEvents::told)
        .start();
  }
}
