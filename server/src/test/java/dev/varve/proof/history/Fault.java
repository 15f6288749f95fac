package dev.varve.proof.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.store.sql.postgresql.LocalPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/// What goes wrong in the middle of a round. When it has happened all nodes serve again, or are about to.
enum Fault {
  NOTHING {
    @Override
    void happen(Fleet fleet, Load load, Random random) {
      load.await(WRITES_MEANWHILE);
    }
  },

  /// The way of a node to PostgreSQL is cut, and its commit does not get there.
  CUT_BEFORE_COMMIT {
    @Override
    void happen(Fleet fleet, Load load, Random random) {
      Node node = some(fleet, random);
      node.way().cutBefore(COMMIT);
      awaitTrap(node);
    }
  },

  /// The same, and PostgreSQL has committed.
  CUT_BEHIND_COMMIT {
    @Override
    void happen(Fleet fleet, Load load, Random random) {
      Node node = some(fleet, random);
      node.way().cutBehind(COMMIT);
      awaitTrap(node);
    }
  },

  /// The same, and the node gets no new connection for a while, over which it could ask.
  SHUT_BEHIND_COMMIT {
    @Override
    void happen(Fleet fleet, Load load, Random random) throws Exception {
      Node node = some(fleet, random);
      node.way().shutBehind(COMMIT);
      try {
        awaitTrap(node);
        // clients wait at that node, in the end all of them
        load.await(WRITES_MEANWHILE, Duration.ofSeconds(1));
      } finally {
        node.way().open();
      }
    }
  },

  /// All connections of all nodes are ended by PostgreSQL.
  CONNECTIONS_ENDED {
    @Override
    void happen(Fleet fleet, Load load, Random random) throws Exception {
      fleet.endSessions("true");
    }
  },

  /// A node is stopped at any moment, and goes on when the others have written.
  NODE_PAUSED {
    @Override
    void happen(Fleet fleet, Load load, Random random) throws Exception {
      Node node = some(fleet, random);
      node.pause();
      try {
        // it may have stopped with the lock of the log
        load.await(WRITES_MEANWHILE, Duration.ofSeconds(2));
      } finally {
        node.resume();
      }
    }

    @Override
    boolean stopsNodes() {
      return true;
    }
  },

  /// A node is stopped when it may write and nobody else. PostgreSQL ends its transaction, the others write on, and then it goes on with
  /// what it was to write, and the commit.
  NODE_PAUSED_BEFORE_COMMIT {
    @Override
    void happen(Fleet fleet, Load load, Random random) throws Exception {
      Node node = some(fleet, random);
      try {
        Sprung paused = when(node, LOCK, node::pause);
        // it has the lock, and cannot let go of it
        awaitIdle(fleet, paused.port());
        int ended = fleet.endSessions("client_port = " + paused.port());
        // on a busy machine PostgreSQL may have lost patience with it by now
        boolean byItself = System.nanoTime() - paused.atNanos() >= PATIENCE_OF_POSTGRES.toNanos();
        assertThat(ended).isIn(1, byItself ? 0 : 1);
        load.await(WRITES_MEANWHILE);
      } finally {
        node.way().disarm();
        node.resume();
      }
    }

    @Override
    boolean stopsNodes() {
      return true;
    }
  },

  /// A node is killed at one of the steps of a write, and started again when the others have written.
  NODE_KILLED {
    @Override
    void happen(Fleet fleet, Load load, Random random) throws Exception {
      Node node = some(fleet, random);
      when(node, List.of(LOCK, COMMIT).get(random.nextInt(2)), node::kill);
      load.await(WRITES_MEANWHILE);
      node.restart();
    }

    @Override
    boolean endsNodes() {
      return true;
    }
  },

  /// A node is told to stop and started with a schema file that the data have left behind. Nothing of it is applied: it serves the
  /// same as the others.
  OLD_FILE {
    @Override
    void happen(Fleet fleet, Load load, Random random) throws Exception {
      Node node = some(fleet, random);
      assertThat(node.stop()).isIn(0, 143);
      node.deploy(fleet.earlierSchema());
      try {
        node.restart();
      } finally {
        node.deploy(fleet.schema());
      }
      assertThat(node.said()).anyMatch(line -> line.contains("the file is not applied"));
      load.await(WRITES_MEANWHILE);
    }

    @Override
    boolean endsNodes() {
      return true;
    }
  },

  /// One node after the other is told to stop, and is started again.
  ROLLING_STOP {
    @Override
    void happen(Fleet fleet, Load load, Random random) throws Exception {
      for (Node node : fleet.nodes()) {
        assertThat(node.stop()).isIn(0, 143);
        load.await(WRITES_MEANWHILE);
        node.restart();
      }
    }

    @Override
    boolean endsNodes() {
      return true;
    }
  },

  DATABASE_RESTARTED {
    @Override
    void happen(Fleet fleet, Load load, Random random) throws Exception {
      fleet.postgres().restart(LocalPostgres.End.FAST);
    }
  },

  DATABASE_CRASHED {
    @Override
    void happen(Fleet fleet, Load load, Random random) throws Exception {
      fleet.postgres().restart(LocalPostgres.End.AT_ONCE);
    }
  };

  private static final int WRITES_MEANWHILE = 12;
  // with a writer that is silent within its transaction
  private static final Duration PATIENCE_OF_POSTGRES = Duration.ofSeconds(30);
  // what a node sends in turn when it writes
  private static final String LOCK = "FOR UPDATE";
  private static final String COMMIT = "COMMIT";

  /// What the rounds take in turn. Of these a kill and an old file alone cost a new process.
  private static final List<Fault> TURNS =
      List.of(
          NODE_PAUSED_BEFORE_COMMIT,
          CUT_BEHIND_COMMIT,
          NODE_PAUSED,
          DATABASE_RESTARTED,
          CUT_BEFORE_COMMIT,
          SHUT_BEHIND_COMMIT,
          OLD_FILE,
          NODE_KILLED,
          CUT_BEHIND_COMMIT,
          CONNECTIONS_ENDED,
          DATABASE_CRASHED,
          CUT_BEFORE_COMMIT,
          NODE_PAUSED,
          NODE_PAUSED_BEFORE_COMMIT,
          SHUT_BEHIND_COMMIT,
          NODE_PAUSED_BEFORE_COMMIT,
          CUT_BEHIND_COMMIT,
          NODE_PAUSED,
          DATABASE_RESTARTED,
          CUT_BEFORE_COMMIT,
          SHUT_BEHIND_COMMIT,
          NODE_PAUSED_BEFORE_COMMIT,
          NOTHING,
          CUT_BEHIND_COMMIT,
          CONNECTIONS_ENDED,
          DATABASE_CRASHED,
          CUT_BEFORE_COMMIT,
          NODE_PAUSED,
          NODE_PAUSED_BEFORE_COMMIT,
          CONNECTIONS_ENDED);

  // the last turn of so many is a rolling stop, which costs three
  private static final long ROLLING_EVERY = 2L * TURNS.size();

  /// The fault of a round, which its seed says, so that the round can be repeated.
  static Fault of(long seed) {
    long turn = Math.floorMod(seed, ROLLING_EVERY);
    return turn == ROLLING_EVERY - 1 ? ROLLING_STOP : TURNS.get((int) turn % TURNS.size());
  }

  /// A seed with which the turns begin.
  static long first(long any) {
    return Math.floorMod(any, 1_000_000L) * ROLLING_EVERY;
  }

  /// A seed of a round that has this fault.
  long seed() {
    return LongStream.range(0, ROLLING_EVERY)
        .filter(seed -> of(seed) == this)
        .findFirst()
        .orElseThrow();
  }

  /// It is over when nodes write again, which clients wait for.
  abstract void happen(Fleet fleet, Load load, Random random) throws Exception;

  /// Whether a node may be silent for a while.
  boolean stopsNodes() {
    return false;
  }

  /// Whether nodes end, and requests with them.
  boolean endsNodes() {
    return false;
  }

  private static Node some(Fleet fleet, Random random) {
    return fleet.node(random.nextInt(fleet.nodes().size()));
  }

  /// A trap that a node went into.
  ///
  /// @param port of its connection
  private record Sprung(int port, long atNanos) {}

  /// Does something to a node at the moment at which it sends a statement, and returns when that is done.
  private static Sprung when(Node node, String sends, Runnable what) throws Exception {
    CompletableFuture<Sprung> sprung = new CompletableFuture<>();
    node.way()
        .when(
            sends,
            port -> {
              what.run();
              sprung.complete(new Sprung(port, System.nanoTime()));
            });
    return sprung.get(Patience.SECONDS, TimeUnit.SECONDS);
  }

  private static void awaitTrap(Node node) {
    Patience.until("node %d commits".formatted(node.number()), () -> !node.way().isArmed());
  }

  private static void awaitIdle(Fleet fleet, int port) {
    String busy = "client_port = %d AND state <> 'idle in transaction'".formatted(port);
    Patience.until(
        "PostgreSQL has given it the lock",
        () -> {
          try {
            return fleet.column("SELECT pid::text FROM pg_stat_activity WHERE " + busy).isEmpty();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
