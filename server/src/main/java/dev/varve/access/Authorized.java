package dev.varve.access;

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

  /// The rules for this caller on every model that the request can reach.
  public Grants grants() {
    return grants;
  }
}
