package dev.varve.store.copy;

import dev.varve.kernel.UserMistake;
import dev.varve.store.log.LogCopy;
import dev.varve.store.sql.Migrations;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Looks at both databases before anything is copied, and notes at the target what it becomes.
final class CopyStart {
  private final StoreCopy.End source;
  private final StoreCopy.End target;
  private final LogCopy log;
  private final Clock clock;

  CopyStart(StoreCopy.End source, StoreCopy.End target, LogCopy log, Clock clock) {
    this.source = source;
    this.target = target;
    this.log = log;
    this.clock = clock;
  }

  /// The note of this copy at the target, made now or by a run before.
  ///
  /// @throws UserMistake when one of the two is not for it
  CopyMark begin() throws SQLException {
    Optional<CopyMark> there = target.database().read(CopyMark::find);
    requireThatSourceMayBeCopied(there);
    if (there.isEmpty()) {
      requireNothingOfOthers();
    }
    Migrations.run(source.database());
    Migrations.run(target.database());
    requireThatSourceIsKnown();
    return there.isEmpty() ? makePart() : ownPart(there.get());
  }

  private CopyMark ownPart(CopyMark there) {
    if (there.isMoved()) {
      throw StoreCopy.refused(
          "The data in %s were moved to %s. %s"
              .formatted(target.name(), there.other(), target.elsewhere()));
    }
    if (!log.follows(log.reached())) {
      throw StoreCopy.refused(
          "%s has a part of a copy of other data, those of %s. %s"
              .formatted(target.name(), there.other(), target.elsewhere()));
    }
    return there;
  }

  /// Tables of somebody else might have the names of those that are made.
  private void requireNothingOfOthers() {
    List<String> others =
        target.database().read(session -> session.dialect().tables(session)).stream()
            .filter(table -> !OwnTables.isOwn(table))
            .sorted()
            .toList();
    if (!others.isEmpty()) {
      throw notEmpty("the table " + others.getFirst());
    }
  }

  private UserMistake notEmpty(String what) {
    return StoreCopy.refused(
        "%s is not empty: it has %s. %s".formatted(target.name(), what, target.elsewhere()));
  }

  private void requireThatSourceMayBeCopied(Optional<CopyMark> there) {
    Optional<CopyMark> here = source.database().read(CopyMark::find);
    if (here.isPresent() && here.get().isPart()) {
      throw StoreCopy.refused(
          "The data in %s are themselves a copy that is not whole yet, of %s. Copy those"
              .formatted(source.name(), here.get().other()));
    }
    // broken off between its two last steps, it goes on
    boolean byThisCopy =
        here.isPresent()
            && there.filter(CopyMark::isPart).map(CopyMark::copy).equals(here.map(CopyMark::copy));
    if (here.isPresent() && !byThisCopy) {
      throw new UserMistake(
          List.of(
              "The data in %s were moved to %s before: copy those."
                  .formatted(source.name(), here.get().other()),
              "If you mean these after all, take them back first: varve copy APP --take-back"));
    }
  }

  private void requireThatSourceIsKnown() {
    for (String table : tables(source)) {
      if (OwnTables.isOwn(table) && !OwnTables.isDecided(table)) {
        throw StoreCopy.refused(
            "%s has a table that this Varve does not know: %s. Copy with the one that made it"
                .formatted(source.name(), table));
      }
    }
    if (OwnRows.count(source.database(), "varve_schema") == 0) {
      throw StoreCopy.refused(
          "There are no data in %s to copy: nothing was served from it yet"
              .formatted(source.name()));
    }
  }

  private static List<String> tables(StoreCopy.End end) {
    return end.database().read(session -> session.dialect().tables(session));
  }

  private CopyMark makePart() throws SQLException {
    if (log.reached().position() > 0) {
      throw notEmpty("a log of its own");
    }
    for (String table : OwnTables.COPIED) {
      if (OwnRows.count(target.database(), table) > 0) {
        throw notEmpty("rows in " + table);
      }
    }
    CopyMark part = CopyMark.part(UUID.randomUUID().toString(), source.name(), clock.instant());
    StoreCopy.transaction(target.database().writer(), part::write);
    return part;
  }
}
