/// Files in and out: import and export of CSV and NDJSON, and the log as lines for people.
///
/// In: files. Out: units of many rows through the write lane; rows through the read lane.
@NullMarked
package dev.varve.transfer;

import org.jspecify.annotations.NullMarked;
