package dev.varve.face.gateway;

import dev.varve.net.http.HttpDate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A service that says of each path what a test wants it to, and answers with how often that was asked: `answer 1`. It knows
/// `If-None-Match` and `If-Modified-Since`.
final class ScriptedUpstream implements AutoCloseable {
  /// In place of a status: the connection ends without an answer.
  static final int BREAKS_OFF = 0;

  private static final Pattern MOMENT = Pattern.compile("\\{now([+-]\\d+)?}");

  private static final Pattern LENGTH = Pattern.compile("(?i)\\r\\nContent-Length: (\\d+)");

  private final Clock clock;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final FaultyUpstream upstream;

  /// @param gate what an answer waits for
  private record Script(int status, List<String> headers, String body, CountDownLatch gate) {}

  ScriptedUpstream(Clock clock) {
    this.clock = clock;
    this.upstream =
        FaultyUpstream.start(call -> {
          String head = call.readHead();
          while (!head.isEmpty()) {
            answer(call, head);
            head = call.readHead();
          }
        });
  }

  /// @param headers in which `{now-60}` is a moment
  void says(String path, int status, String... headers) {
    scripts.put(path, new Script(status, List.of(headers), "", new CountDownLatch(0)));
  }

  /// Answers with this body in place of one that counts.
  void saysAsBody(String path, String body, String... headers) {
    scripts.put(path, new Script(200, List.of(headers), body, new CountDownLatch(0)));
  }

  /// Holds back what it answers.
  CountDownLatch saysWhenOpened(String path, int status, String... headers) {
    CountDownLatch gate = new CountDownLatch(1);
    scripts.put(path, new Script(status, List.of(headers), "", gate));
    return gate;
  }

  private void answer(FaultyUpstream.Call call, String head)
      throws IOException, InterruptedException {
    Matcher length = LENGTH.matcher(head);
    if (length.find()) {
      call.read(Integer.parseInt(length.group(1)));
    }
    String target = head.split(" ", 3)[1];
    String path = target.split("\\?", 2)[0];
    int number = asked.computeIfAbsent(target, _ -> new AtomicInteger()).incrementAndGet();
    Script script =
        scripts.getOrDefault(path, new Script(200, List.of(), "", new CountDownLatch(0)));
    script.gate().await();
    if (script.status() == BREAKS_OFF) {
      throw new IOException("as the script says");
    }
    StringBuilder headers = new StringBuilder();
    boolean same = false;
    for (String header : script.headers()) {
      String line = dated(header);
      headers.append(line).append("\r\n");
      same |= isCondition(head, line);
    }
    String body = script.body().isEmpty() ? "answer " + number : script.body();
    boolean empty = same || head.startsWith("HEAD ") || script.status() == 204;
    if (!same && script.status() != 204 && !headers.toString().contains("chunked")) {
      headers.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    call.write(
        "HTTP/1.1 %d Said\r\n%s\r\n%s"
            .formatted(same ? 304 : script.status(), headers, empty ? "" : body)
            .getBytes(StandardCharsets.ISO_8859_1));
  }

  private String dated(String header) {
    Matcher moment = MOMENT.matcher(header);
    return moment.replaceAll(found -> {
      String offset = found.group(1);
      return HttpDate.text(
          clock.instant().plusSeconds(offset == null ? 0 : Integer.parseInt(offset)));
    });
  }

  private static boolean isCondition(String head, String header) {
    String small = header.toLowerCase(Locale.ROOT);
    String asked = head.toLowerCase(Locale.ROOT);
    return (small.startsWith("etag: ")
            && asked.contains("if-none-match: " + small.substring("etag: ".length())))
        || (small.startsWith("last-modified: ")
            && asked.contains("if-modified-since: " + small.substring("last-modified: ".length())));
  }

  String url() {
    return upstream.url();
  }

  /// How often it was asked for a path with a query.
  int asked(String target) {
    AtomicInteger count = asked.get(target);
    return count == null ? 0 : count.get();
  }

  /// The heads of all requests, as they came.
  List<String> heads() {
    return upstream.heads();
  }

  @Override
  public void close() {
    scripts.values().forEach(script -> script.gate().countDown());
    upstream.close();
  }
}
