package dev.varve.rest;

import dev.varve.http.Answer;
import dev.varve.http.Request;
import dev.varve.schema.Schema;

/// Answers `/openapi.json` and `/docs`.
final class ApiDescription {
  ApiDescription(Schema schema, RestSettings settings) {}

  Answer document(Request request) {
    return Answer.noContent();
  }

  Answer page(Request request) {
    return Answer.noContent();
  }

  Answer file(Request request) {
    return Answer.noContent();
  }
}
