package dev.varve.transfer;

import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.query.Query;
import dev.varve.lane.write.Sequencer;
import dev.varve.schema.Schema;

/// Writes the records of files through the write lane, many in each unit of work.
///
/// It can be run again, after it was stopped or with newer files: a record that is there with the same
/// content is left alone, one with other content is updated, and the others are made. A record is known by
/// its id, else by a unique index, else by all of its content.
public final class Import {
  /// How many records are written as one, unless told otherwise.
  public static final int UNIT_ROWS = 500;

  /// The write lane takes no larger units.
  public static final int UNIT_ROWS_MAX = 10_000;

  private static final Caller CALLER = Caller.operator("import");

  private final Schema schema;
  private final Access access;
  private final Sequencer sequencer;
  private final Query query;

  public Import(Schema schema, Access access, Sequencer sequencer, Query query) {
    this.schema = schema;
    this.access = access;
    this.sequencer = sequencer;
    this.query = query;
  }

  /// Imports every file of a plan, up to the first unit that is refused.
  ///
  /// @param unitRows how many records are written as one
  public ImportResult run(ImportPlan plan, int unitRows, ImportProgress progress) {
    Lanes lanes =
        new Lanes(
            schema, access, sequencer, new StoredRecords(schema, access, query, CALLER), CALLER);
    return new ImportRun(lanes, unitRows, progress).run(plan);
  }

  /// What a run needs to read and write.
  record Lanes(
      Schema schema, Access access, Sequencer sequencer, StoredRecords stored, Caller caller) {}
}
