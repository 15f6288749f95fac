package dev.varve.net.http;

import dev.varve.kernel.Problem;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What goes back to the caller: a status, headers and bytes. Immutable, but for the bytes, which are not
/// copied and must not be changed.
public final class Answer {
  private static final byte[] NOTHING = {};
  // of answers that are given often; to make a name folds it
  private static final Map<String, HeaderName> NAMES =
      Stream.of("ETag", "Last-Modified", "Link", "Varve-Position", "Vary")
          .collect(Collectors.toUnmodifiableMap(name -> name, HeaderNames::create));
  private static final Header JSON =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
  private static final Header HTML =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
  private static final Header GZIP =
      HeaderValues.createCached(HeaderNames.CONTENT_ENCODING, "gzip");
  private static final Answer NO_CONTENT = new Answer(204, List.of(), NOTHING);
  private static final Answer NOT_MODIFIED = new Answer(304, List.of(), NOTHING);

  private final int status;
  private final List<Header> headers;
  private final byte[] body;
  private final @Nullable Streaming streaming;
  private final @Nullable Conversation conversation;
  private final @Nullable Supplier<Optional<byte[]>> gzip;
  private final @Nullable Supplier<Answer> later;
  private final boolean relayed;
  private final @Nullable Tunnel tunnel;

  private Answer(int status, List<Header> headers, byte[] body) {
    this(status, headers, body, null, null, null);
  }

  private Answer(
      int status,
      List<Header> headers,
      byte[] body,
      @Nullable Streaming streaming,
      @Nullable Conversation conversation,
      @Nullable Supplier<Optional<byte[]>> gzip) {
    this(status, headers, body, streaming, conversation, gzip, null, false, null);
  }

  private Answer(
      int status,
      List<Header> headers,
      byte[] body,
      @Nullable Streaming streaming,
      @Nullable Conversation conversation,
      @Nullable Supplier<Optional<byte[]>> gzip,
      @Nullable Supplier<Answer> later,
      boolean relayed,
      @Nullable Tunnel tunnel) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.streaming = streaming;
    this.conversation = conversation;
    this.gzip = gzip;
    this.later = later;
    this.relayed = relayed;
    this.tunnel = tunnel;
  }

  /// JSON, as UTF-8.
  public static Answer json(int status, byte[] utf8) {
    return new Answer(status, List.of(JSON), utf8);
  }

  /// A page, as UTF-8. A page that loads or runs anything must set its own `Content-Security-Policy`.
  public static Answer html(int status, byte[] utf8) {
    return new Answer(status, List.of(HTML), utf8);
  }

  /// Bytes of any media type.
  public static Answer bytes(int status, String mediaType, byte[] body) {
    return new Answer(status, List.of(header("Content-Type", mediaType)), body);
  }

  /// A body that is made while it is sent. A request with the method HEAD gets the headers alone.
  public static Answer streaming(String mediaType, Streaming streaming) {
    return streaming(200, mediaType, streaming);
  }

  /// A body that is made while it is sent, with another status. One whose length is known says so in `Content-Length`,
  /// and must keep to it.
  public static Answer streaming(int status, String mediaType, Streaming streaming) {
    return new Answer(
        status, List.of(header("Content-Type", mediaType)), NOTHING, streaming, null, null);
  }

  /// An answer that others will give: it is asked for outside of the bound on requests that are handled at a time, so that
  /// whoever takes long to give it keeps nobody else from being answered. Whoever makes one keeps a bound of its own.
  public static Answer later(Supplier<Answer> later) {
    return new Answer(200, List.of(), NOTHING, null, null, null, later, false, null);
  }

  /// What another server has answered, as it is: no header is added but the request id and what CORS and TLS want.
  ///
  /// @param headers without those that say where the body ends, but for `Content-Length` in answer to HEAD
  public static Answer relayed(int status, List<HeaderLine> headers, byte[] body) {
    return new Answer(status, together(headers), body, null, null, null, null, true, null);
  }

  /// The same with a body that is still on its way. One whose length is known says so in `Content-Length`.
  public static Answer relayed(int status, List<HeaderLine> headers, Streaming streaming) {
    return new Answer(status, together(headers), NOTHING, streaming, null, null, null, true, null);
  }

  /// Another server has agreed to become a WebSocket, and so does this connection; only for a route that was registered as
  /// one.
  ///
  /// @param headers those of the other server's answer, without those that say what the connection becomes
  public static Answer tunnel(List<HeaderLine> headers, Tunnel tunnel) {
    return new Answer(101, together(headers), NOTHING, null, null, null, null, true, tunnel);
  }

  /// The lines of one name become one header with many values, in the place of the first.
  private static List<Header> together(List<HeaderLine> lines) {
    Map<HeaderName, List<String>> values = new LinkedHashMap<>();
    for (HeaderLine line : lines) {
      values
          .computeIfAbsent(HeaderNames.create(line.name()), _ -> new ArrayList<>(1))
          .add(line.value());
    }
    List<Header> headers = new ArrayList<>(values.size() + 2);
    values.forEach((name, all) -> headers.add(HeaderValues.create(name, all)));
    return headers;
  }

  /// The connection becomes a WebSocket; only for a route that was registered as one.
  ///
  /// @param protocol of those that the client offers in `Sec-WebSocket-Protocol`
  public static Answer webSocket(String protocol, Conversation conversation) {
    return new Answer(
        101,
        List.of(header("Sec-WebSocket-Protocol", protocol)),
        NOTHING,
        null,
        conversation,
        null);
  }

  /// A status with headers alone.
  public static Answer empty(int status) {
    return new Answer(status, List.of(), NOTHING);
  }

  public static Answer noContent() {
    return NO_CONTENT;
  }

  /// 304; `etag` is a whole entity tag with its quotes.
  public static Answer notModified(String etag) {
    return NOT_MODIFIED.with("ETag", etag);
  }

  /// A refusal in the one error shape, or as RFC 9457 `application/problem+json` when the request accepts that.
  /// Handlers throw their problems; this is for one who needs the bytes, to keep them.
  public static Answer refusal(Problem problem, Request request) {
    return ErrorAnswers.answer(problem, request.id(), request.header("Accept").orElse(""));
  }

  /// This answer with one more header, which takes the place of an earlier one of that name.
  ///
  /// @throws IllegalArgumentException when the value holds anything but printable ASCII (RFC 9110, section 5.5)
  public Answer with(String name, String value) {
    return with(header(name, value));
  }

  private Answer with(Header header) {
    List<Header> more = new ArrayList<>(headers.size() + 1);
    more.addAll(headers);
    more.add(header);
    return new Answer(status, more, body, streaming, conversation, gzip, later, relayed, tunnel);
  }

  /// This answer with one more cookie, beside those that it sets already (RFC 6265, section 3: each in a line of its own).
  ///
  /// @param line the value of `Set-Cookie`
  public Answer withCookie(String line) {
    List<String> lines = new ArrayList<>();
    for (Header header : headers) {
      if (header.headerName().equals(HeaderNames.SET_COOKIE)) {
        // a later one of the name takes the place of those before
        lines = new ArrayList<>(header.allValues());
      }
    }
    lines.add(header("Set-Cookie", line).get());
    return with(HeaderValues.create(HeaderNames.SET_COOKIE, lines));
  }

  /// This answer, which depends on one more header of the request.
  public Answer varying(String name) {
    String known = header("Vary").orElse("");
    boolean named = (", " + known + ",").toLowerCase(Locale.ROOT).contains(named(name));
    return named ? this : with("Vary", known.isEmpty() ? name : known + ", " + name);
  }

  private static String named(String name) {
    return ", " + name.toLowerCase(Locale.ROOT) + ",";
  }

  /// This answer, whose body is there in a compressed form as well, for those who take it.
  ///
  /// @param form the body as gzip; absent when that is not worth it
  public Answer withGzip(Supplier<Optional<byte[]>> form) {
    return new Answer(status, headers, body, streaming, conversation, form, later, relayed, tunnel);
  }

  /// This answer with its body as gzip, and headers that say so.
  public Answer gzipped(byte[] form) {
    List<Header> coded = new ArrayList<>(headers.size() + 1);
    for (Header header : headers) {
      HeaderName name = header.headerName();
      if (name.equals(HeaderNames.ETAG)) {
        coded.add(header("ETag", EntityTags.ofGzip(header.get())));
      } else if (!name.equals(HeaderNames.CONTENT_LENGTH)
          && !name.equals(HeaderNames.ACCEPT_RANGES)) {
        // the length and the ranges were those of the plain form
        coded.add(header);
      }
    }
    coded.add(GZIP);
    return new Answer(status, coded, form);
  }

  private static Header header(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c > '~') {
        throw new IllegalArgumentException(
            "The value of header "
                + name
                + " must be printable ASCII; it holds U+%04X".formatted((int) c));
      }
    }
    HeaderName known = NAMES.get(name);
    return HeaderValues.create(known == null ? HeaderNames.create(name) : known, value);
  }

  /// Whether the answer itself is yet to come: [#now].
  public boolean isLater() {
    return later != null;
  }

  /// The answer itself, with the headers that were set on this one.
  public Answer now() {
    Supplier<Answer> known = later;
    if (known == null) {
      return this;
    }
    Answer answer = known.get();
    for (Header header : headers) {
      answer = answer.with(header);
    }
    return answer;
  }

  /// Whether it is another server's, which has said all there is to say of it.
  public boolean isRelayed() {
    return relayed;
  }

  public int status() {
    return status;
  }

  public byte[] body() {
    return body;
  }

  public @Nullable Streaming streaming() {
    return streaming;
  }

  public @Nullable Tunnel tunnel() {
    return tunnel;
  }

  public @Nullable Conversation conversation() {
    return conversation;
  }

  /// The compressed form of the body, where one is kept.
  public @Nullable Supplier<Optional<byte[]>> gzip() {
    return gzip;
  }

  /// The value of a header of this answer that was set last.
  public Optional<String> header(String name) {
    return headers.reversed().stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Header::get)
        .findFirst();
  }

  /// All headers of this answer in the order in which they were set, for one who stores answers and replays them.
  public List<Map.Entry<String, String>> headers() {
    return headers.stream().map(header -> Map.entry(header.name(), header.get())).toList();
  }

  public List<Header> helidonHeaders() {
    return headers;
  }
}
