package dev.varve.rest;

import dev.varve.access.Caller;
import dev.varve.http.Request;

/// Tells who sent a request. Nobody can sign in yet, so all are anonymous.
final class Callers {
  private Callers() {}

  static Caller of(Request request) {
    return Caller.ANONYMOUS;
  }
}
