package dev.varve.store.log;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The epochs of the log: one more each time it lost its end, as by a failover to a standby that was behind, and somebody accepted
/// that. A position that was given out in one epoch may be another unit in the next.
///
/// ```
/// epoch 1   1 ... 90 91 ... 100     91 to 100 are lost with the server that had them
/// epoch 2         90 91 92 ...      goes on behind 90, the last one kept
/// ```
public final class LogEpochs {
  private static final String SELECT = "SELECT epoch, kept, lost FROM varve_epoch ORDER BY epoch";
  private static final String SELECT_GAP =
      "SELECT MIN(kept), MAX(position), COUNT(*) FROM varve_lost";

  private volatile Known known = new Known(List.of(), Optional.empty());

  /// An epoch behind the first.
  ///
  /// @param kept the last position that it has from those before
  /// @param lost the last one that they had, as far as anybody knew
  public record Epoch(long number, long kept, long lost) {}

  /// What is lost and was not accepted yet.
  ///
  /// @param kept the last position that the log still has from before
  /// @param lost the last one that it had, as far as anybody knows
  /// @param ends how many ends of it nodes have told of
  public record Gap(long kept, long lost, long ends) {
    public long units() {
      return lost - kept;
    }

    /// `positions 91 to 100`
    public String text() {
      return lost == kept + 1 ? "position " + lost : "positions %d to %d".formatted(kept + 1, lost);
    }
  }

  private record Known(List<Epoch> epochs, Optional<Gap> gap) {}

  /// Looks what is accepted, and what is not yet.
  public void read(Session session) throws SQLException {
    List<Epoch> epochs =
        session.list(
            SELECT, List.of(), row -> new Epoch(row.getLong(1), row.getLong(2), row.getLong(3)));
    Optional<Gap> gap =
        session
            .first(
                SELECT_GAP,
                List.of(),
                row -> new Gap(row.getLong(1), row.getLong(2), row.getLong(3)))
            .filter(found -> found.ends() > 0);
    known = new Known(epochs, gap);
  }

  /// The one that the log is in.
  public long current() {
    List<Epoch> epochs = known.epochs();
    return epochs.isEmpty() ? LogPlace.FIRST_EPOCH : epochs.getLast().number();
  }

  /// What is lost, while nobody has accepted that. Nothing is written then.
  public Optional<Gap> gap() {
    return known.gap();
  }

  /// A position of the log as it is now, in the form that it keeps its meaning in.
  public String text(long position) {
    return new LogPlace(current(), position).text();
  }

  /// Up to which position the log has the units of an epoch.
  public long kept(long epoch) {
    return known.epochs().stream()
        .filter(later -> later.number() > epoch)
        .mapToLong(Epoch::kept)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /// Refuses a position that was given out for a unit which the log has lost.
  ///
  /// @throws Problem POSITION_LOST
  public void require(LogPlace place) {
    Known now = known;
    if (place.epoch() == LogPlace.NOW) {
      return;
    }
    if (now.gap().isPresent() && now.gap().get().kept() < place.position()) {
      throw pending(place, now.gap().get());
    }
    if (place.epoch() == current()) {
      return;
    }
    long kept = kept(place.epoch());
    if (place.epoch() > current() || (place.position() > kept && !isBehindAll(place))) {
      throw lost(place, Math.min(kept, place.position()));
    }
  }

  /// Whether it is a number without an epoch that no epoch before this one had come to.
  private boolean isBehindAll(LogPlace place) {
    return place.epoch() == LogPlace.FIRST_EPOCH
        && known.epochs().stream().allMatch(epoch -> epoch.lost() < place.position());
  }

  private static Problem pending(LogPlace place, Gap gap) {
    return new Problem(
        ErrorCode.POSITION_LOST,
        "Position %s is not in the log any more, which lost its end in a failover and has nothing behind position %d: read without it, and go on from what you are told"
            .formatted(place.text(), gap.kept()));
  }

  private Problem lost(LogPlace place, long kept) {
    return new Problem(
        ErrorCode.POSITION_LOST,
        "Position %s is not in the log any more, which lost its end in a failover and went on behind position %d: read without it, or go on from %s"
            .formatted(place.text(), kept, text(kept)));
  }

  /// Why streams of changes end when the log loses its end, or goes on.
  public Problem ended() {
    return new Problem(
        ErrorCode.POSITION_LOST,
        "The log has lost its end in a failover: read anew what you show, and connect again without a position, or with one that is not refused");
  }

  /// Why nothing is written.
  public Problem halted() {
    return new Problem(
        ErrorCode.STORAGE_UNAVAILABLE,
        "The database has lost %s of the log in a failover, so nothing is written until an operator has accepted that"
            .formatted(gap().map(Gap::text).orElse("the end")));
  }
}
