package dev.varve.proof;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer.Reply;
import dev.varve.store.sql.sqlite.EmptyDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `varve` as a process of its own, which can be killed.
public final class ServerProcess implements AutoCloseable {
  private static final Pattern HEAP_USED = Pattern.compile("total \\d+K, used (\\d+)K");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
  private static final Pattern READY =
      Pattern.compile("(?:Varve serves .* at|^) +(http://[^/\\s]+)(?:/docs .*)?$");

  private static final Duration PATIENCE = Duration.ofSeconds(Patience.SECONDS);

  private static final String HEAP = "-Xmx256m";
  public static final String MAIN = "dev.varve.Main";

  private final Process process;
  private final Thread drain;
  private final Queue<String> said;
  private final String url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  private ServerProcess(Process process, Thread drain, Queue<String> said, String url) {
    this.process = process;
    this.drain = drain;
    this.said = said;
    this.url = url;
  }

  /// Starts a command, such as `rebuild APP`. Its output and its errors are one stream.
  static Process command(String... arguments) {
    return command(List.of(HEAP), Map.of(), arguments);
  }

  private static Process command(
      List<String> options, Map<String, String> environment, String... arguments) {
    return program(MAIN, options, environment, arguments);
  }

  private static Process program(
      String main, List<String> options, Map<String, String> environment, String... arguments) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(TestProgram.command(main, options, List.of(arguments)))
              .redirectErrorStream(true);
      builder.environment().putAll(environment);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts a server on a free port and waits until it takes requests.
  static ServerProcess serve(Path app, Path data) throws IOException {
    return serve(app, data, HEAP);
  }

  /// @param options of the Java process
  static ServerProcess serve(Path app, Path data, String... options) throws IOException {
    EmptyDatabase.into(data);
    return ready(
        command(
            List.of(options),
            Map.of(),
            "serve",
            app.toString(),
            "--port",
            "0",
            "--data",
            data.toString()));
  }

  /// Starts a server as another program has it, and waits until it takes requests.
  ///
  /// @param main the class of the program
  /// @param options of the Java process
  public static ServerProcess run(
      String main, List<String> options, Map<String, String> environment, String... arguments)
      throws IOException {
    return ready(program(main, options, environment, arguments));
  }

  /// The same as `varve dev`, which keeps mails.
  static ServerProcess develop(Path app, Path data, Map<String, String> environment)
      throws IOException {
    EmptyDatabase.into(data);
    return ready(
        command(
            List.of(HEAP),
            environment,
            "dev",
            app.toString(),
            "--port",
            "0",
            "--data",
            data.toString()));
  }

  private static ServerProcess ready(Process process) throws IOException {
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    Queue<String> said = new ConcurrentLinkedQueue<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.add(line);
      Matcher ready = READY.matcher(line);
      if (ready.find()) {
        Thread drain = Thread.ofVirtual().start(() -> output.lines().forEach(said::add));
        return new ServerProcess(process, drain, said, ready.group(1));
      }
    }
    throw new IllegalStateException("The server did not start:\n" + String.join("\n", said));
  }

  /// The lines of its output.
  public List<String> said() {
    return List.copyOf(said);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /// What of its heap is in use after everything that can be collected was.
  long heapBytes() throws IOException, InterruptedException {
    String heap = diagnose("GC.run", "GC.heap_info");
    Matcher used = HEAP_USED.matcher(heap);
    long bytes = 0;
    while (used.find()) {
      bytes += Long.parseLong(used.group(1)) * 1024;
    }
    if (bytes == 0) {
      throw new IllegalStateException("The process does not tell of its heap: " + heap);
    }
    return bytes;
  }

  /// The most memory that it ever held, as Linux counts it.
  long peakBytes() throws IOException {
    String status = Files.readString(Path.of("/proc/%d/status".formatted(process.pid())));
    Matcher peak = PEAK.matcher(status);
    if (!peak.find()) {
      throw new IllegalStateException("The process does not tell of its memory: " + status);
    }
    return Long.parseLong(peak.group(1)) * 1024;
  }

  private String diagnose(String... what) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Path commands = Files.createTempFile("varve-diagnose-", ".txt");
    try {
      Files.write(commands, List.of(what));
      Process asking =
          new ProcessBuilder(jcmd, Long.toString(process.pid()), "-f", commands.toString())
              .redirectErrorStream(true)
              .start();
      String answer = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      asking.waitFor();
      return answer;
    } finally {
      Files.delete(commands);
    }
  }

  public int port() {
    return URI.create(url).getPort();
  }

  /// Sends a request with a JSON body, or without one when it is empty.
  ///
  /// @param headers names and values in turn
  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(PATIENCE)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      boolean patch = method.equals("PATCH");
      request.header("Content-Type", patch ? "application/merge-patch+json" : "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /// The same as [TestServer] has it.
  ///
  /// @throws UncheckedIOException when no answer comes
  Reply reply(String method, String path, Map<String, String> headers, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(PATIENCE)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty() && !headers.containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    try {
      HttpResponse<byte[]> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Reply(answer.statusCode(), answer.headers().map(), answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// `kill -9`.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    drain.join();
    client.shutdownNow();
  }

  /// `kill -15`: what was accepted is finished.
  public int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(Patience.SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("The server does not stop");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    // it holds its files until it is gone
    process.destroyForcibly().onExit().join();
    client.shutdownNow();
  }
}
