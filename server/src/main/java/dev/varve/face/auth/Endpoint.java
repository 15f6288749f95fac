package dev.varve.face.auth;

import java.util.List;

/// What one endpoint of accounts takes and gives, for whoever describes the API.
///
/// @param operation its name, such as `signIn`
/// @param caller who may ask
/// @param takes the members of the body; none when it has no body
/// @param status of success
/// @param gives the members of the answer; none when it has no body
public record Endpoint(
    String method,
    String path,
    String operation,
    String summary,
    Who caller,
    List<Member> takes,
    int status,
    List<Member> gives) {
  static final String NEXT_CURSOR = "nextCursor";

  public Endpoint {
    takes = List.copyOf(takes);
    gives = List.copyOf(gives);
  }

  /// Who may ask.
  public enum Who {
    ANYBODY,
    SIGNED_IN
  }

  /// What a member of a body holds.
  public enum Type {
    ANY,
    TEXT,
    TEXT_OR_NULL,
    NUMBER,
    TEXTS,
    OBJECT,
    OBJECTS
  }

  /// A member of a body.
  public record Member(String name, Type type, boolean required) {}

  /// Whether it takes `limit` and `cursor`.
  public boolean paged() {
    return gives.stream().anyMatch(member -> member.name().equals(NEXT_CURSOR));
  }
}
