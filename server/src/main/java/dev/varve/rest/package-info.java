/// The REST face: every model of the schema as resources, and their description as OpenAPI.
///
/// In: HTTP requests. Out: commands for the write lane, reads for the read lane, and their answers.
@NullMarked
package dev.varve.rest;

import org.jspecify.annotations.NullMarked;
