package dev.varve.transfer;

import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
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

  public Import(Schema schema, Access access, Sequencer sequencer) {
    this.schema = schema;
    this.access = access;
    this.sequencer = sequencer;
  }

  /// Imports every file of a plan, up to the first unit that is refused.
  ///
  /// @param unitRows how many records are written as one
  public ImportResult run(ImportPlan plan, int unitRows, ImportProgress progress) {
    return new ImportRun(new Lane(schema, access, sequencer, CALLER), unitRows, progress).run(plan);
  }

  /// What a run needs to write.
  record Lane(Schema schema, Access access, Sequencer sequencer, Caller caller) {}
}
