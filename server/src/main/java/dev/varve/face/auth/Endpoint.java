package dev.varve.face.auth;

import dev.varve.net.http.Handler;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.util.List;
import java.util.stream.Stream;

/// An endpoint of accounts while it is put together: the one place where its path, its members and what is told of it
/// stand is the flow that answers it.
///
/// ```
/// Endpoint.post("/auth/refresh", "refresh", "Get the next tokens")
///     .says("A refresh token is good once.")
///     .takes(TAKEN)
///     .gives(200, TOKENS)
///     .answeredBy(this::refresh)
/// ```
public final class Endpoint {
  /// The group of the operations of accounts.
  static final String TAG = "Accounts";

  static final Member EMAIL = Member.of("email", new Route.Type.Text("email"));

  /// What an answer has that only says what comes next.
  static final List<Member> MESSAGE = List.of(Member.text("message"));

  private final String method;
  private final String path;
  private final String operation;
  private final String summary;
  private String text = "";
  private Route.Caller caller = Route.Caller.ANYBODY;
  private List<Member> takes = List.of();
  private Route.Content content = new Route.Objects(List.of(), 204, List.of());

  private Endpoint(String method, String path, String operation, String summary) {
    this.method = method;
    this.path = path;
    this.operation = operation;
    this.summary = summary;
  }

  public static Endpoint get(String path, String operation, String summary) {
    return new Endpoint("GET", path, operation, summary);
  }

  public static Endpoint post(String path, String operation, String summary) {
    return new Endpoint("POST", path, operation, summary);
  }

  public static Endpoint patch(String path, String operation, String summary) {
    return new Endpoint("PATCH", path, operation, summary);
  }

  public static Endpoint delete(String path, String operation, String summary) {
    return new Endpoint("DELETE", path, operation, summary);
  }

  public Endpoint says(String sentences) {
    text = sentences;
    return this;
  }

  /// Who may ask; anybody when it is left out.
  public Endpoint asks(Route.Caller who) {
    caller = who;
    return this;
  }

  /// The members of the body; to be called before [#gives].
  public Endpoint takes(List<Member> members) {
    takes = members;
    return gives(204, List.of());
  }

  public Endpoint gives(int status, List<Member> members) {
    content = new Route.Objects(takes, status, members);
    return this;
  }

  /// What an answer has beside that of [#gives].
  ///
  /// @param says when it comes
  public Endpoint orGives(int status, String says, List<Member> members) {
    Route.Objects first = (Route.Objects) content;
    content =
        new Route.Objects(
            first.takes(),
            first.status(),
            first.gives(),
            Stream.concat(
                    first.others().stream(),
                    Stream.of(new Route.Objects.Other(status, says, members)))
                .toList());
    return this;
  }

  /// A page that takes these parameters.
  public Endpoint shows(Member... query) {
    content = new Route.Page(List.of(query));
    return this;
  }

  public Route answeredBy(Handler handler) {
    return new Route(
        method, path, handler, new Route.Operation(operation, TAG, summary, text, caller, content));
  }
}
