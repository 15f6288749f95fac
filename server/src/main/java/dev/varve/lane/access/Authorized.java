package dev.varve.lane.access;

import dev.varve.schema.Model;

/// Something that was asked for and may be done, with the rules that bind it. Only [Access] makes one.
///
/// @param <T> the [Command] or [Read] that was asked for
public final class Authorized<T> {
  private final T request;
  private final Caller caller;
  private final Grants grants;

  Authorized(T request, Caller caller, Grants grants) {
    this.request = request;
    this.caller = caller;
    this.grants = grants;
  }

  public T request() {
    return request;
  }

  public Caller caller() {
    return caller;
  }

  /// Tells apart callers who may see other fields of one record; empty when all see the same.
  public String fieldsMark(Model model) {
    return grants.reach(model).viewpoints().fields().of(caller);
  }

  /// The rules for this caller on every model that the request can reach.
  public Grants grants() {
    return grants;
  }
}
