/// The description of every face (OpenAPI 3.1) at `/openapi.json`, and the page at `/docs` that shows it.
///
/// In: the schema and its rules. Out: one document, made once for each schema that is served ([OpenApi] puts it
/// together from a class for each part).
@NullMarked
package dev.varve.face.openapi;

import org.jspecify.annotations.NullMarked;
