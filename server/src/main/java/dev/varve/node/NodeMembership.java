package dev.varve.node;

import dev.varve.identity.token.Secrets;
import dev.varve.kernel.UserMistake;
import dev.varve.schema.Schema;
import dev.varve.store.follow.NodeRows;
import dev.varve.store.follow.Notices;
import dev.varve.store.follow.SharedClock;
import dev.varve.store.sql.DataFormat;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.state.AppliedSchema;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node among those that serve the same database: it tells of itself, goes by the common clock, and serves the newest schema.
final class NodeMembership {
  private static final Logger LOG = LoggerFactory.getLogger(NodeMembership.class);

  // what is missing comes with a start, or with a database that is back
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final String id;
  private final NodesSettings settings;
  private final Clock clock;
  private final Instant startedAt;
  private volatile Optional<Serves> serves = Optional.empty();
  private volatile boolean ending;
  // of the thread that looks at what others write
  private String toldServer = "";
  private long toldNanos = System.nanoTime() - NodeRows.TOLD_EVERY.toNanos();

  /// What the node does by now.
  ///
  /// @param file the schema that it was told to serve
  /// @param newestSchema makes it serve the schema that the data have by now
  record Serves(
      Supplier<String> address,
      Supplier<Serving> serving,
      Supplier<Schema> file,
      Runnable newestSchema) {}

  NodeMembership(String id, NodesSettings settings, Clock clock) {
    this.id = id;
    this.settings = settings;
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  String id() {
    return id;
  }

  /// Sees to it that nodes which serve the same data have the same secret, which the environment gives to all of them.
  ///
  /// @param secret whether this one has it from there
  /// @throws UserMistake when it has not, and another node serves the data
  void requireCommonSecret(Database database, boolean secret) {
    if (secret || !database.isShared()) {
      return;
    }
    // one that has ended without a word is gone by then
    long end = System.nanoTime() + NodeRows.TOLD_EVERY.multipliedBy(4).toNanos();
    Optional<NodeRows.Node> other = other(database);
    while (other.isPresent() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(NodeRows.TOLD_EVERY.dividedBy(10).toNanos());
      other = other(database);
    }
    if (other.isPresent()) {
      throw new UserMistake(
          List.of(
              "The node at %s serves these data already, and all nodes need the same secret: give each of them the environment variable %s"
                  .formatted(other.get().address(), Secrets.AUTH)));
    }
  }

  private Optional<NodeRows.Node> other(Database database) {
    return database.read(NodeRows::all).stream()
        .filter(node -> node.isWell(clock.instant()))
        .findFirst();
  }

  /// The node listens from now on.
  void serves(Serves node) {
    serves = Optional.of(node);
  }

  /// It is about to end.
  void ends() {
    ending = true;
  }

  boolean isEnding() {
    return ending;
  }

  /// @param data the folder of this node
  Engine.Neighbours neighbours(Path data) {
    return new Engine.Neighbours(settings, this::give, this::outdated, this::address, data);
  }

  /// Where it can be reached, once it listens.
  private String address() {
    return serves.map(node -> node.address().get()).orElse("");
  }

  private void give(Session session) throws SQLException {
    if (serves.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    String server = serves.get().serving().get().engine().following().follower().server();
    // others wait for this one to have looked at another server
    boolean due = !server.equals(toldServer) || now - toldNanos >= NodeRows.TOLD_EVERY.toNanos();
    if (!due) {
      return;
    }
    toldNanos = now;
    if (clock instanceof SharedClock shared) {
      shared.adjust(session);
    }
    Serves node = serves.get();
    Engine engine = node.serving().get().engine();
    AppliedSchema schema = engine.schema();
    NodeRows.tell(
        session,
        new NodeRows.Node(
            id,
            settings.name(),
            node.address().get(),
            program(),
            schema.version(),
            schema.versionOf(node.file().get()),
            DataFormat.CURRENT,
            engine.following().follower().position(),
            startedAt,
            clock.instant(),
            server));
    toldServer = server;
    Notices.prune(session);
  }

  private static String program() {
    String version = NodeMembership.class.getPackage().getImplementationVersion();
    return version == null ? "from class files" : version;
  }

  private void outdated() {
    // which ends the thread that calls
    Thread.ofPlatform().daemon().name("varve-newest-schema").start(this::serveNewest);
  }

  private void serveNewest() {
    boolean told = false;
    while (!ending) {
      // one that is still starting serves in a moment
      Optional<Serves> node = serves;
      if (node.isPresent()) {
        try {
          node.get().newestSchema().run();
          return;
        } catch (RuntimeException e) {
          if (!told) {
            LOG.error(
                "The data have a newer schema or format, which this node cannot serve: it takes no writes, and tries again until it can or is started anew with what it lacks",
                e);
          }
          told = true;
        }
      }
      LockSupport.parkNanos(RETRY.toNanos());
    }
  }
}
