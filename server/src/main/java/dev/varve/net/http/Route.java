package dev.varve.net.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One thing that the server answers, as a value: faces list theirs, [Routes] finds them by path, and the description of
/// the server is made from them.
///
/// @param method in upper case, or [#WEB_SOCKET], or [#ANY_METHOD]
/// @param pattern the path, as [Routes] has it
/// @param about what is told of it
public record Route(String method, String pattern, Handler handler, About about) {
  /// Stands in for the method of connections that ask to become a [WebSocket]; their answer is [Answer#webSocket]. The
  /// path may have a `GET` beside it for all others.
  public static final String WEB_SOCKET = "WEBSOCKET";

  /// Stands in for every method that no other route of the path has, also for `HEAD` and `OPTIONS` then.
  public static final String ANY_METHOD = "*";

  /// @throws IllegalArgumentException when the path does not start with a slash
  public Route {
    if (!pattern.startsWith("/")) {
      throw new IllegalArgumentException("A path starts with a slash: " + pattern);
    }
    if (!method.equals(method.toUpperCase(Locale.ROOT))) {
      throw new IllegalArgumentException("A method is written in capitals: " + method);
    }
  }

  /// One that the description of the server leaves out: files of pages, pages for developers, and answers to mistaken
  /// paths.
  public static Route unlisted(String method, String pattern, Handler handler) {
    return new Route(method, pattern, handler, new Unlisted());
  }

  /// Method and path, such as `GET /api/orders/{id}`.
  public String key() {
    return method + " " + pattern;
  }

  /// What is told of a route.
  public sealed interface About {}

  /// Nothing.
  public record Unlisted() implements About {}

  /// What the description of the server tells.
  ///
  /// @param operation its name, unique in the server, such as `signIn`
  /// @param tag the group it belongs to
  /// @param summary a few words
  /// @param text sentences for whoever calls it (Markdown)
  /// @param caller who may ask
  public record Operation(
      String operation, String tag, String summary, String text, Caller caller, Content content)
      implements About {}

  /// Who may ask.
  public enum Caller {
    /// Anybody, and who it is makes no difference.
    ANYBODY,
    /// Anybody; whoever signs in may get more.
    ANYBODY_OR_KNOWN,
    /// Whoever has signed in, and programs with a key.
    KNOWN,
    /// Accounts that have signed in.
    ACCOUNT,
    /// Accounts with the role `admin`.
    ADMINISTRATOR
  }

  /// What goes in and comes out.
  public sealed interface Content {}

  /// It follows from the schema, or has a form of its own, which whoever describes the server knows by [#key()].
  public record Special() implements Content {}

  /// JSON objects.
  ///
  /// @param takes the members of the body; none when it has no body
  /// @param status of success
  /// @param gives the members of the answer; none when it has no body
  /// @param others answers that are no refusals either
  public record Objects(List<Member> takes, int status, List<Member> gives, List<Other> others)
      implements Content {
    public Objects {
      takes = List.copyOf(takes);
      gives = List.copyOf(gives);
      others = List.copyOf(others);
    }

    public Objects(List<Member> takes, int status, List<Member> gives) {
      this(takes, status, gives, List.of());
    }

    /// @param says when it comes
    public record Other(int status, String says, List<Member> gives) {
      public Other {
        gives = List.copyOf(gives);
      }
    }
  }

  /// A page for a browser.
  ///
  /// @param query the parameters that it takes
  public record Page(List<Member> query) implements Content {
    public Page {
      query = List.copyOf(query);
    }
  }

  /// One object made of what other routes answer, and of what services do.
  ///
  /// @param variables of the path
  public record Composed(List<String> variables, List<Part> parts) implements Content {
    public Composed {
      variables = List.copyOf(variables);
      parts = List.copyOf(parts);
    }

    /// @param required whether it is always there
    /// @param flat whether its members stand beside the other parts
    /// @param own whether it is read from this server itself, so that `asOf` moves it
    /// @param like the pattern of the route whose answer to `GET` it is; nothing when nobody knows what it holds
    public record Part(
        String name, boolean required, boolean flat, boolean own, Optional<String> like) {}
  }

  /// What a member of an object holds.
  public sealed interface Type {
    /// Text. @param format as JSON schema names it, or empty
    record Text(String format) implements Type {}

    /// A whole number from 0.
    record Count() implements Type {}

    /// Yes or no.
    record Truth() implements Type {}

    /// A list of texts.
    record Texts() implements Type {}

    /// An object of a form that others have laid down.
    record AnyObject() implements Type {}

    /// A list of objects.
    record Objects(List<Member> members) implements Type {
      public Objects {
        members = List.copyOf(members);
      }
    }

    /// The account, as far as it may see itself.
    record Account() implements Type {}

    /// Whatever a field of the model of accounts holds.
    record AccountField(String field) implements Type {}
  }

  /// A member of an object.
  ///
  /// @param required whether it is always there
  /// @param nullable whether it may be null
  public record Member(String name, Type type, boolean required, boolean nullable) {
    /// Text that is always there.
    public static Member text(String name) {
      return of(name, new Type.Text(""));
    }

    /// An instant that is always there.
    public static Member instant(String name) {
      return of(name, new Type.Text("date-time"));
    }

    public static Member of(String name, Type type) {
      return new Member(name, type, true, false);
    }

    /// The same, when it may be missing.
    public Member optional() {
      return new Member(name, type, false, nullable);
    }

    /// The same, when it may be null.
    public Member orNull() {
      return new Member(name, type, required, true);
    }
  }
}
