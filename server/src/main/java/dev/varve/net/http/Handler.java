package dev.varve.net.http;

/// Answers one kind of request. A refusal is thrown as a [dev.varve.kernel.Problem]; anything else that is
/// thrown is a bug and becomes a 500 that tells the caller nothing but the request id.
@FunctionalInterface
public interface Handler {
  Answer handle(Request request);
}
