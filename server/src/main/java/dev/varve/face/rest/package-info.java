/// The REST face: every model of the schema as resources, and batches of many operations.
///
/// In: HTTP requests. Out: commands for the write lane, reads for the read lane, and their answers.
@NullMarked
package dev.varve.face.rest;

import org.jspecify.annotations.NullMarked;
