package dev.varve.store.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.node.OpenEngine;
import dev.varve.node.TestStorage;
import dev.varve.node.Written;
import dev.varve.store.follow.KnownEnd.Finding;
import dev.varve.store.follow.KnownEnd.Verdict;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Head;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.log.LogPlace;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Session;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes that know more of the log than a database has, which a failover or a backup has left at position 5.
class KnownEndTest {
  private static final int HEAD = 5;
  private static final Instant AT = Instant.parse("2026-03-01T09:30:00Z");

  @TempDir Path folder;
  private Database database;
  private Session session;
  private EventLog log;

  @BeforeEach
  void open() {
    TestStorage.inPostgres(folder);
    try (OpenEngine engine =
        OpenEngine.at(
            folder,
            "type Note @model @auth(rules: [{allow: public}]) { id: ID! text: String }",
            Clock.systemUTC())) {
      for (int i = 1; i <= HEAD; i++) {
        Written.note(engine, "note-" + i);
      }
    }
    database = TestStorage.of(folder).open(DatabaseOptions.DEFAULT);
    session = database.writer();
    log = new EventLog(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private EndNote note(long epoch, Head end) throws SQLException {
    return note(epoch, end, session.server());
  }

  private static EndNote note(long epoch, Head end, String server) {
    EndNote note = EndNote.inMemory();
    note.note(new EndNote.Known(epoch, end, server));
    return note;
  }

  /// An end that the log does not have.
  private static Head lost(long position) {
    byte[] hash = new byte[32];
    Arrays.fill(hash, (byte) position);
    return new Head(position, AT, hash);
  }

  private static KnownEnd node(LogEpochs epochs, EndNote note) {
    return new KnownEnd(epochs, note, () -> "http://node", Clock.systemUTC());
  }

  private static KnownEnd node(EndNote note) {
    return node(new LogEpochs(), note);
  }

  /// What a node does that looks at the database.
  private Finding look(KnownEnd node) throws SQLException {
    Finding finding = node.examine(session);
    node.settle(session, finding, session.server());
    node.tell(session, false);
    return finding;
  }

  private LogEpochs.Epoch accept(long kept) throws SQLException {
    return NextEpoch.begin(log, 1, kept, Clock.systemUTC());
  }

  private List<String> column(String sql) throws SQLException {
    return session.list(sql, List.of(), row -> row.getString(1));
  }

  @Test
  void whatSomebodyElseHasAcceptedMeanwhileIsNotToldAnyMore() throws SQLException {
    look(node(note(1, lost(6))));
    KnownEnd slow = node(note(1, lost(7)));
    Finding finding = slow.examine(session);
    accept(HEAD);

    slow.settle(session, finding, session.server());
    slow.tell(session, false);

    assertThat(column("SELECT position FROM varve_lost")).isEmpty();
    assertThat(look(slow).verdict()).isEqualTo(Verdict.GIVEN_UP);
    assertThat(slow.isLost()).isFalse();
  }

  /// It was down when the end was accepted that others knew.
  @Test
  void positionsUpToTheFurthestEndThatANodeKnewMeanSomethingElse() throws SQLException {
    look(node(note(1, lost(6))));
    assertThat(accept(HEAD)).isEqualTo(new LogEpochs.Epoch(2, HEAD, 6));
    LogEpochs epochs = new LogEpochs();
    epochs.read(session);
    // a number alone, as clients have it who have never heard of epochs
    LogPlace eighth = new LogPlace(LogPlace.FIRST_EPOCH, 8);
    assertThatCode(() -> epochs.require(eighth)).doesNotThrowAnyException();

    assertThat(look(node(epochs, note(1, lost(9)))).verdict()).isEqualTo(Verdict.GIVEN_UP);

    assertThat(column("SELECT lost FROM varve_epoch")).containsExactly("9");
    assertThatThrownBy(() -> epochs.require(eighth))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ErrorCode.POSITION_LOST));
    assertThatCode(() -> epochs.require(new LogPlace(LogPlace.FIRST_EPOCH, 10)))
        .doesNotThrowAnyException();
  }

  /// What others were told of it is gone with the database that was told.
  @Test
  void aNodeThatReadsOnStillKnowsWhatIsLost() throws SQLException {
    EndNote note = note(1, lost(6));
    KnownEnd before = node(note);
    look(before);
    before.reached(EventLog.head(session), session.server());
    session.update("DELETE FROM varve_lost", List.of());

    KnownEnd restarted = node(note);

    assertThat(look(restarted).verdict()).isEqualTo(Verdict.LOST);
    assertThat(column("SELECT position FROM varve_lost")).containsExactly("6");
  }

  @Test
  void anEpochThatTheLogHasNotComeToIsLostWithItsBeginning() throws SQLException {
    KnownEnd node = node(note(2, EventLog.head(session)));

    assertThat(look(node).verdict()).isEqualTo(Verdict.LOST);

    // behind all that somebody knows
    assertThat(accept(HEAD - 1).number()).isEqualTo(3);
  }

  @Test
  void nothingInMemoryOutlivesAnEpoch() throws SQLException {
    KnownEnd holding = node(note(1, EventLog.head(session)));
    assertThat(look(holding)).isEqualTo(new Finding(Verdict.HELD, false));
    look(node(note(1, lost(6))));
    accept(HEAD);

    assertThat(look(holding)).isEqualTo(new Finding(Verdict.HELD, true));
    assertThat(look(holding)).isEqualTo(new Finding(Verdict.HELD, false));
  }

  /// Behind that position it has what others have written on the server that took over.
  @Test
  void theLogHasOfWhatANodeKnewWhatWasThereBeforeAnotherServerTookOver() throws SQLException {
    session.update("DELETE FROM varve_server", List.of());
    RollCall.note(session, "first", 0, Clock.systemUTC());
    RollCall.note(session, "second", 3, Clock.systemUTC());
    RollCall.note(session, session.server(), 4, Clock.systemUTC());

    look(node(note(1, lost(6), "first")));
    look(node(note(1, lost(7), "second")));
    look(node(note(1, lost(8))));

    assertThat(column("SELECT kept FROM varve_lost ORDER BY position"))
        .containsExactly("3", "4", "5");
  }

  /// Nodes that have not looked at it yet are not waited for.
  @Test
  void whoAcceptsWhatIsLostAcceptsTheServerThatHasLostIt() throws SQLException {
    session.update("DELETE FROM varve_server", List.of());
    RollCall.note(session, "first", 0, Clock.systemUTC());
    look(node(note(1, lost(6))));

    accept(HEAD);

    assertThat(column("SELECT server || ' ' || position FROM varve_server ORDER BY seq"))
        .containsExactly("first 0", session.server() + " " + HEAD);
  }
}
