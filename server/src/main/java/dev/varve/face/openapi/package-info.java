/// The description of every face (OpenAPI 3.1) at `/openapi.json`, and the page at `/docs` that shows it.
///
/// In: the routes of all faces, the schema and its rules. Out: one document, made once for each schema that is served
/// ([OpenApi] goes through the routes, and has a class for each kind of content). A route that nobody describes, and a
/// description without route, are refused when the document is made.
@NullMarked
package dev.varve.face.openapi;

import org.jspecify.annotations.NullMarked;
