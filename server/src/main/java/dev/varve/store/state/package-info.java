/// Projections of the log: the current and the history table of every model.
///
/// In: units on their way into the log. Out: records as they are and as they were; tables made,
/// altered when a schema change is safe, and rebuilt from the log.
///
/// | what | classes |
/// |---|---|
/// | a schema is applied, or was left behind | [AppliedSchema], [SchemaApplication], [SchemaVersions], [EarlierFile], [BehindFile] |
/// | what of it alters tables | [Alteration], [Tables], [FoldedColumns], [TextRules] |
/// | what stored records stand in its way | [Duplicates], [LongTexts], for each [StoredIndex] |
/// | indexes that are made beside writers | [IndexBuild] |
/// | what units write, and what is read | [Projection], [Records] |
/// | tables are made anew, or held against the log | [Rebuild], [Replay], [Verification] |
@NullMarked
package dev.varve.store.state;

import org.jspecify.annotations.NullMarked;
