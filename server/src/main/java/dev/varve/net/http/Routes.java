package dev.varve.net.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which handler answers which method and path. Immutable; a server takes a new one while it runs.
///
/// A path is written `/api/orders/{id}/history`: a segment in braces is a variable and matches any one segment
/// that is not empty. A literal segment wins over a variable one. A last segment `{path...}` is a tail: it matches what
/// is left of a path, however many segments that are, also none. Any other route wins over a tail, and of two tails the
/// one whose own segments win. Who has a `GET` has `HEAD`; every path has `OPTIONS`.
public final class Routes {
  private static final String TAIL_MARK = "...";

  private final List<Route> all;
  private final Node root;
  private final boolean tails;

  private Routes(List<Route> all, Node root, boolean tails) {
    this.all = List.copyOf(all);
    this.root = root;
    this.tails = tails;
  }

  public static Builder builder() {
    return new Builder();
  }

  /// @throws IllegalArgumentException when two routes answer the same
  public static Routes of(List<Route> routes) {
    return builder().add(routes).build();
  }

  /// Every route, in the order in which they were added.
  public List<Route> all() {
    return all;
  }

  /// The place that a path leads to.
  public Optional<Place> find(List<String> segments) {
    Node node = find(root, segments, 0);
    if (node != null) {
      return Optional.ofNullable(node.place);
    }
    return tails ? Optional.ofNullable(findTail(root, segments, 0)) : Optional.empty();
  }

  private static @Nullable Node find(Node node, List<String> segments, int depth) {
    if (depth == segments.size()) {
      return node.place == null ? null : node;
    }
    String segment = segments.get(depth);
    Node literal = node.literals.get(segment);
    if (literal != null) {
      Node found = find(literal, segments, depth + 1);
      if (found != null) {
        return found;
      }
    }
    if (node.variable == null || segment.isEmpty()) {
      return null;
    }
    return find(node.variable, segments, depth + 1);
  }

  private static @Nullable Place findTail(Node node, List<String> segments, int depth) {
    if (depth < segments.size()) {
      String segment = segments.get(depth);
      Node literal = node.literals.get(segment);
      Place found = literal == null ? null : findTail(literal, segments, depth + 1);
      if (found == null && node.variable != null && !segment.isEmpty()) {
        found = findTail(node.variable, segments, depth + 1);
      }
      if (found != null) {
        return found;
      }
    }
    return node.tail;
  }

  private static final class Node {
    private final Map<String, Node> literals = new HashMap<>();
    private @Nullable Node variable;
    private @Nullable Place place;
    private @Nullable Place tail;
  }

  /// A path with the handlers of its methods.
  public static final class Place {
    private final String pattern;
    private final Map<String, Integer> variables = new HashMap<>();
    private final Map<String, Handler> handlers = new TreeMap<>();
    private final int tailSegment;
    private @Nullable Handler webSocket;

    private Place(String pattern, List<String> segments) {
      this.pattern = pattern;
      this.tailSegment = isTail(segments.getLast()) ? segments.size() - 1 : -1;
      for (int i = 0; i < segments.size(); i++) {
        if (isVariable(segments.get(i)) && !isTail(segments.get(i))) {
          variables.put(segments.get(i).substring(1, segments.get(i).length() - 1), i);
        }
      }
    }

    public String pattern() {
      return pattern;
    }

    /// Where in the path the variable stands.
    public int segmentOf(String variable) {
      Integer index = variables.get(variable);
      if (index == null) {
        throw new IllegalArgumentException("No variable {" + variable + "} in " + pattern);
      }
      return index;
    }

    /// Whether the path ends in a tail.
    public boolean hasTail() {
      return tailSegment >= 0;
    }

    /// What the tail matched of a path that led here: its segments, of which the last is empty when the path ends in a
    /// slash.
    ///
    /// @throws IllegalArgumentException when the path has no tail
    public List<String> tailOf(List<String> segments) {
      if (!hasTail()) {
        throw new IllegalArgumentException("No tail in " + pattern);
      }
      return segments.subList(tailSegment, segments.size());
    }

    public @Nullable Handler handler(String method) {
      Handler handler = handlers.get(method.equals("HEAD") ? "GET" : method);
      return handler == null ? handlers.get(Route.ANY_METHOD) : handler;
    }

    /// Answers requests to become a WebSocket.
    public @Nullable Handler webSocket() {
      return webSocket;
    }

    /// The value of the `Allow` header.
    public String allow() {
      List<String> methods = new ArrayList<>(handlers.keySet());
      if (methods.contains("GET")) {
        methods.add(methods.indexOf("GET") + 1, "HEAD");
      }
      methods.add("OPTIONS");
      return String.join(", ", methods);
    }
  }

  private static boolean isVariable(String segment) {
    return segment.startsWith("{") && segment.endsWith("}");
  }

  private static boolean isTail(String segment) {
    return isVariable(segment) && segment.endsWith(TAIL_MARK + "}");
  }

  /// Collects routes; those that are given as method and path are told of nowhere.
  public static final class Builder {
    private final List<Route> all = new ArrayList<>();
    private final Node root = new Node();
    private boolean tails;

    private Builder() {}

    public Builder get(String path, Handler handler) {
      return route("GET", path, handler);
    }

    public Builder post(String path, Handler handler) {
      return route("POST", path, handler);
    }

    public Builder put(String path, Handler handler) {
      return route("PUT", path, handler);
    }

    public Builder patch(String path, Handler handler) {
      return route("PATCH", path, handler);
    }

    public Builder delete(String path, Handler handler) {
      return route("DELETE", path, handler);
    }

    /// Takes connections that ask to become a [WebSocket].
    public Builder webSocket(String path, Handler handler) {
      return route(Route.WEB_SOCKET, path, handler);
    }

    /// @throws IllegalArgumentException when one of them has the method and path of another
    public Builder add(List<Route> routes) {
      routes.forEach(this::add);
      return this;
    }

    private Builder route(String method, String path, Handler handler) {
      return add(Route.unlisted(method, path, handler));
    }

    private Builder add(Route route) {
      Place place = place(route.pattern());
      if (route.method().equals(Route.WEB_SOCKET)) {
        if (place.webSocket != null) {
          throw new IllegalArgumentException("WebSocket " + route.pattern() + " has two handlers");
        }
        place.webSocket = route.handler();
      } else if (place.handlers.put(route.method(), route.handler()) != null) {
        throw new IllegalArgumentException(route.key() + " has two handlers");
      }
      all.add(route);
      return this;
    }

    private Place place(String path) {
      List<String> segments = List.of(path.substring(1).split("/", -1));
      boolean tail = isTail(segments.getLast());
      Node node = root;
      for (String segment : tail ? segments.subList(0, segments.size() - 1) : segments) {
        node = step(path, node, segment);
      }
      Place known = tail ? node.tail : node.place;
      Place place = known == null ? new Place(path, segments) : known;
      if (!place.pattern.equals(path)) {
        throw new IllegalArgumentException(
            "%s and %s are the same path; name their variables alike"
                .formatted(place.pattern, path));
      }
      if (tail) {
        node.tail = place;
        tails = true;
      } else {
        node.place = place;
      }
      return place;
    }

    private static Node step(String path, Node node, String segment) {
      if (isTail(segment)) {
        throw new IllegalArgumentException("A tail stands at the end of a path: " + path);
      }
      if (!isVariable(segment)) {
        return node.literals.computeIfAbsent(segment, key -> new Node());
      }
      Node variable = node.variable;
      if (variable == null) {
        variable = new Node();
        node.variable = variable;
      }
      return variable;
    }

    public Routes build() {
      return new Routes(all, root, tails);
    }
  }
}
