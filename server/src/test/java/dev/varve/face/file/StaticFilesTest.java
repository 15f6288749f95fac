package dev.varve.face.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Patience;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Route;
import dev.varve.net.http.Routes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StaticFilesTest {
  private static final String SECRET = "what nobody may read";
  private static final String SCRIPT = "console.log('hello');\n".repeat(200);
  private static final String DIGITS = "0123456789";
  private static final Instant LONG_AGO = Instant.parse("2024-03-01T10:20:30Z");
  private static final String LONG_AGO_HTTP = "Fri, 01 Mar 2024 10:20:30 GMT";
  private static final int LARGE_BYTES = FileContent.KEPT_BYTES_MAX + 100_000;

  private Path temporary;

  private Path folder;
  private HttpFixture plain;
  private HttpFixture application;

  @BeforeAll
  void serve(@TempDir Path made) throws IOException {
    temporary = made;
    folder = temporary.resolve("public");
    write("index.html", "<!doctype html><title>Home</title>");
    write("app.js", SCRIPT);
    write("app.3f9ab2c1.js", SCRIPT);
    write("digits.txt", DIGITS);
    write("empty.txt", "");
    write("with space.txt", "spaced");
    write("grün.txt", "green");
    write("100%.txt", "all");
    write("about/index.html", "<title>About</title>");
    write("about/team.html", "<title>Team</title>");
    write("nothing/inside.txt", "inside");
    write(".well-known/security.txt", "Contact: mailto:security@example.com");
    Files.createSymbolicLink(folder.resolve("inside.js"), Path.of("app.js"));
    large();
    forbidden();
    plain = fixture(false);
    application = fixture(true);
  }

  private void large() throws IOException {
    byte[] noise = new byte[LARGE_BYTES];
    new Random(5).nextBytes(noise);
    Files.write(folder.resolve("large.bin"), noise);
    try (RandomAccessFile huge = new RandomAccessFile(folder.resolve("huge.bin").toFile(), "rw")) {
      // takes no room on the disk
      huge.setLength(5L << 30);
    }
  }

  private void forbidden() throws IOException {
    Files.writeString(temporary.resolve("secret.txt"), SECRET);
    Files.createDirectories(temporary.resolve("public-not"));
    Files.writeString(temporary.resolve("public-not/secret.txt"), SECRET);
    for (String name :
        List.of(
            ".env",
            ".git/config",
            "about/.htpasswd",
            ".well-known/.hidden",
            "about/.well-known/key",
            "con",
            "con.txt",
            "about/aux.js",
            "LPT1",
            "com1.log",
            "dot.",
            "space ",
            "a\\b.txt",
            "c:secret.txt",
            "api/secret.txt",
            "graphql",
            "other/secret.txt")) {
      write(name, SECRET);
    }
    Files.createSymbolicLink(folder.resolve("link.txt"), temporary.resolve("secret.txt"));
    Files.createSymbolicLink(folder.resolve("relative.txt"), Path.of("../secret.txt"));
    Files.createSymbolicLink(folder.resolve("up"), temporary);
    Files.createSymbolicLink(folder.resolve("beside"), temporary.resolve("public-not"));
    Files.createSymbolicLink(folder.resolve("chain.txt"), Path.of("link.txt"));
    Files.createSymbolicLink(folder.resolve("hidden.txt"), Path.of(".env"));
    Files.createSymbolicLink(folder.resolve("repository"), Path.of(".git"));
    Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
  }

  private HttpFixture fixture(boolean spa) {
    StaticFolder root = new StaticFolder("/", folder.toString(), spa, "default-src 'self'");
    StaticFolder assets =
        new StaticFolder(
            "/assets", folder.resolve("about").toString(), false, "default-src 'none'");
    List<Route> others =
        List.of(
            Route.unlisted("GET", "/api/notes", _ -> Answer.json(200, new byte[] {'1'})),
            Route.unlisted("GET", "/other/{name}/x", _ -> Answer.noContent()),
            Route.unlisted(
                "GET", "/.well-known/jwks.json", _ -> Answer.json(200, new byte[] {'2'})));
    Routes.Builder routes = Routes.builder().add(others);
    return new HttpFixture(routes.add(new StaticFiles(List.of(root, assets)).routes(others)));
  }

  @AfterAll
  void stop() {
    plain.close();
    application.close();
  }

  private HttpResponse<byte[]> get(String target, String... headers) throws Exception {
    HttpRequest.Builder request = plain.to(target);
    return send(plain, headers.length == 0 ? request : request.headers(headers));
  }

  private static HttpResponse<byte[]> send(HttpFixture server, HttpRequest.Builder request)
      throws Exception {
    return server.client().send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return String.join("; ", answer.headers().allValues(name));
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /// Sends a target as it stands, and returns all that comes back.
  private static String raw(HttpFixture server, String target, String... headers)
      throws IOException {
    int port = server.to("/").build().uri().getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Patience.MILLIS);
      String request =
          "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
              .formatted(
                  target,
                  String.join("", Arrays.stream(headers).map(line -> line + "\r\n").toList()));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // upwards
        "/../secret.txt",
        "/../../secret.txt",
        "/about/../../secret.txt",
        "/about/../app.js",
        "/./app.js",
        "/about/./index.html",
        "/..",
        "/.",
        "/about/..",
        "/about/../",
        "/.../secret.txt",
        "/....//secret.txt",
        "/..;/secret.txt",
        "/about/..;a=b/../secret.txt",
        // in other letters
        "/%2e%2e/secret.txt",
        "/%2E%2E/secret.txt",
        "/.%2e/secret.txt",
        "/%2e./secret.txt",
        "/about/%2e%2e/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/..%2Fsecret.txt",
        "/about%2f..%2f..%2fsecret.txt",
        "/about%2findex.html",
        "/%2fapp.js",
        // encoded twice, and more
        "/%252e%252e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..%252fsecret.txt",
        "/%25252e%25252e/secret.txt",
        // not in the shortest form of UTF-8, or none at all
        "/%c0%ae%c0%ae/secret.txt",
        "/..%c0%afsecret.txt",
        "/%e0%80%ae%e0%80%ae/secret.txt",
        "/%uff0e%uff0e/secret.txt",
        "/%ef%bc%8e%ef%bc%8e/secret.txt",
        "/%fe%80/secret.txt",
        "/%/secret.txt",
        "/%zz/secret.txt",
        // the other slash
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/%2e%2e%5csecret.txt",
        "/about\\..\\..\\secret.txt",
        "/about%5cindex.html",
        "/a%5cb.txt",
        "/..%255csecret.txt",
        // the end of a text in C
        "/app.js%00",
        "/%00/secret.txt",
        "/..%00/secret.txt",
        "/secret.txt%00.html",
        "/app.js%0a",
        "/app.js%0d%0aX-Injected:%201",
        "/app.js%7f",
        // whole paths, drives and shares
        "//secret.txt",
        "//etc/passwd",
        "///etc/passwd",
        "/%2fetc%2fpasswd",
        "/etc/passwd",
        "/c:/windows/win.ini",
        "/c%3asecret.txt",
        "/%5c%5clocalhost%5cc$%5csecret.txt",
        "/file:///etc/passwd",
        // hidden
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/%2egit/config",
        "/about/.htpasswd",
        "/.well-known/.hidden",
        "/about/.well-known/key",
        "/.well-known/../.env",
        // links
        "/link.txt",
        "/relative.txt",
        "/up/secret.txt",
        "/beside/secret.txt",
        "/chain.txt",
        "/hidden.txt",
        "/repository/config",
        "/circle",
        "/circle/app.js",
        // beside the folder
        "/../public-not/secret.txt",
        "/-not/secret.txt",
        // other spellings
        "/APP.JS",
        "/App.js",
        "/ABOUT/index.html",
        "/app.js.",
        "/app.js%20",
        "/app.js/",
        "/app.js/index.html",
        "/app.js::$DATA",
        "/app.js%3a%3a$DATA",
        "/ABOUT~1/index.html",
        "/dot.",
        "/dot",
        "/space%20",
        // devices
        "/con",
        "/CON",
        "/con.txt",
        "/about/aux.js",
        "/nul",
        "/LPT1",
        "/com1.log",
        "/clock$",
        // folders, and what is not there
        "/nothing",
        "/nothing/",
        "/about//index.html",
        "//",
        "/about/index.html/",
        // where others answer
        "/api/secret.txt",
        "/API/secret.txt",
        "/%61pi/secret.txt",
        "/graphql",
        "/other/secret.txt",
      })
  void nothingElseIsServed(String target) throws IOException {
    for (HttpFixture server : List.of(plain, application)) {
      String answer = raw(server, target);
      assertThat(answer).matches("(?s)HTTP/1.1 (400|404) .*").doesNotContain(SECRET);
      // a browser may get the page of the application, and nothing more
      assertThat(raw(server, target, "Accept: text/html")).doesNotContain(SECRET, "\nX-Injected");
    }
  }

  @Test
  void namesThatAreLongAndPathsThatAreDeepAreNotLookedFor() throws IOException {
    assertThat(raw(plain, "/" + "a".repeat(256))).startsWith("HTTP/1.1 404");
    assertThat(raw(plain, "/a".repeat(33))).startsWith("HTTP/1.1 404");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/                         | text/html; charset=utf-8       | <title>Home</title>",
        "/index.html               | text/html; charset=utf-8       | <title>Home</title>",
        "/app.js                   | text/javascript; charset=utf-8 | console.log",
        "/inside.js                | text/javascript; charset=utf-8 | console.log",
        "/up/public/app.js         | text/javascript; charset=utf-8 | console.log",
        "/digits.txt               | text/plain; charset=utf-8      | 0123456789",
        "/with%20space.txt         | text/plain; charset=utf-8      | spaced",
        "/gr%C3%BCn.txt            | text/plain; charset=utf-8      | green",
        "/100%25.txt               | text/plain; charset=utf-8      | all",
        "/about/                   | text/html; charset=utf-8       | <title>About</title>",
        "/about/team.html          | text/html; charset=utf-8       | <title>Team</title>",
        "/assets/                  | text/html; charset=utf-8       | <title>About</title>",
        "/assets                   | text/html; charset=utf-8       | <title>About</title>",
        "/assets/team.html         | text/html; charset=utf-8       | <title>Team</title>",
        "/.well-known/security.txt | text/plain; charset=utf-8      | Contact",
        "/api/notes                | application/json               | 1",
        "/.well-known/jwks.json    | application/json               | 2",
      })
  void aFileIsAnswered(String target, String type, String content) throws Exception {
    HttpResponse<byte[]> answer = get(target);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo(type);
    assertThat(text(answer)).contains(content);
  }

  @ParameterizedTest
  @CsvSource({
    "a.html, text/html; charset=utf-8",
    "a.mjs, text/javascript; charset=utf-8",
    "a.CSS, text/css; charset=utf-8",
    "a.json, application/json",
    "a.svg, image/svg+xml",
    "a.webmanifest, application/manifest+json",
    "a.woff2, font/woff2",
    "a.wasm, application/wasm",
    "a.avif, image/avif",
    "a.js.map, application/json",
    "a.unknown, application/octet-stream",
    "LICENSE, application/octet-stream"
  })
  void theExtensionTellsTheType(String name, String type) {
    assertThat(ContentTypes.of(name)).isEqualTo(type);
  }

  @Test
  void anAnswerSaysWhatItMayDoAndHowLongItIsGood() throws Exception {
    HttpResponse<byte[]> answer = get("/app.js");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
    assertThat(header(answer, "Last-Modified")).isEqualTo(LONG_AGO_HTTP);
    assertThat(header(answer, "ETag")).matches("\"[0-9a-f]{32}\"");
    assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
    assertThat(header(answer, "Content-Security-Policy")).isEqualTo("default-src 'self'");
    assertThat(header(answer, "Referrer-Policy")).isEqualTo("same-origin");
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "X-Frame-Options")).isEqualTo("DENY");
    assertThat(header(get("/assets/team.html"), "Content-Security-Policy"))
        .isEqualTo("default-src 'none'");
    assertThat(header(get("/app.3f9ab2c1.js"), "Cache-Control"))
        .isEqualTo("public, max-age=31536000, immutable");
    assertThat(header(get("/missing.js"), "Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void aFolderIsLedToItsSlash() throws Exception {
    HttpResponse<byte[]> answer = get("/about");
    assertThat(answer.statusCode()).isEqualTo(308);
    assertThat(header(answer, "Location")).isEqualTo("/about/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
  void filesAreOnlyRead(String method) throws Exception {
    HttpRequest.Builder request = plain.to("/app.js").method(method, BodyPublishers.noBody());
    assertThat(send(plain, request).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what the client says                                       | status
        "If-None-Match: {tag}                                         | 304",
        "If-None-Match: W/{tag}                                       | 304",
        "If-None-Match: \"other\", {tag}                              | 304",
        "If-None-Match: *                                             | 304",
        "If-None-Match: \"other\"                                     | 200",
        "If-Modified-Since: Fri, 01 Mar 2024 10:20:30 GMT             | 304",
        "If-Modified-Since: Fri, 01 Mar 2030 10:20:30 GMT             | 304",
        "If-Modified-Since: Friday, 01-Mar-24 10:20:30 GMT            | 304",
        "If-Modified-Since: Fri, 01 Mar 2024 10:20:29 GMT             | 200",
        "If-Modified-Since: yesterday                                 | 200",
        // the tag goes before the date
        "If-None-Match: \"other\"~If-Modified-Since: Fri, 01 Mar 2024 10:20:30 GMT | 200",
        "If-Match: {tag}                                              | 200",
        "If-Match: *                                                  | 200",
        "If-Match: \"other\"                                          | 412",
        "If-Match: W/{tag}                                            | 412",
        "If-Unmodified-Since: Fri, 01 Mar 2024 10:20:30 GMT           | 200",
        "If-Unmodified-Since: Fri, 01 Mar 2024 10:20:29 GMT           | 412",
        "If-Match: {tag}~If-None-Match: {tag}                         | 304",
        "If-None-Match: {tag}~Range: bytes=0-1                        | 304",
      })
  void whoHasItIsToldSo(String said, int status) throws Exception {
    String tag = header(get("/digits.txt"), "ETag");
    HttpRequest.Builder request = plain.to("/digits.txt");
    for (String line : said.replace("{tag}", tag).split("~", -1)) {
      request.header(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2));
    }
    HttpResponse<byte[]> answer = send(plain, request);
    assertThat(answer.statusCode()).isEqualTo(status);
    if (status == 304) {
      assertThat(answer.body()).isEmpty();
      assertThat(header(answer, "ETag")).isEqualTo(tag);
      assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=0-0          | 206 | 0          | bytes 0-0/10",
        "bytes=2-4          | 206 | 234        | bytes 2-4/10",
        "bytes=7-           | 206 | 789        | bytes 7-9/10",
        "bytes=7-99         | 206 | 789        | bytes 7-9/10",
        "bytes=-3           | 206 | 789        | bytes 7-9/10",
        "bytes=-99          | 206 | 0123456789 | bytes 0-9/10",
        "BYTES=0-1          | 206 | 01         | bytes 0-1/10",
        "bytes= 0-1         | 206 | 01         | bytes 0-1/10",
        "bytes=9-9          | 206 | 9          | bytes 9-9/10",
        "bytes=10-          | 416 |            | bytes */10",
        "bytes=10-12        | 416 |            | bytes */10",
        "bytes=-0           | 416 |            | bytes */10",
        "bytes=999999999999999999-  | 416 |    | bytes */10",
        // what cannot be read, and several ranges, are answered with the whole
        "bytes=4-2          | 200 | 0123456789 | ''",
        "bytes=a-b          | 200 | 0123456789 | ''",
        "bytes=-            | 200 | 0123456789 | ''",
        "bytes=1            | 200 | 0123456789 | ''",
        "bytes=+1-2         | 200 | 0123456789 | ''",
        "bytes=1-2-3        | 200 | 0123456789 | ''",
        "bytes=0-1,3-4      | 200 | 0123456789 | ''",
        "bytes=0-,0-,0-,0-  | 200 | 0123456789 | ''",
        "lines=1-2          | 200 | 0123456789 | ''",
        "bytes=9999999999999999999999- | 200 | 0123456789 | ''",
      })
  void aPartIsAnsweredAlone(String range, int status, @Nullable String content, String said)
      throws Exception {
    HttpResponse<byte[]> answer = get("/digits.txt", "Range", range);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(header(answer, "Content-Range")).isEqualTo(said);
    if (content == null) {
      assertThat(text(answer)).contains("RANGE_NOT_SATISFIABLE", "The file has 10 bytes");
    } else {
      assertThat(text(answer)).isEqualTo(content);
    }
  }

  @Test
  void aPartOfWhatChangedIsTheWhole() throws Exception {
    String tag = header(get("/digits.txt"), "ETag");
    for (String validator : List.of(tag, LONG_AGO_HTTP)) {
      assertThat(get("/digits.txt", "Range", "bytes=0-1", "If-Range", validator).statusCode())
          .isEqualTo(206);
    }
    for (String validator :
        List.of("\"other\"", "W/" + tag, "Fri, 01 Mar 2024 10:20:31 GMT", "nonsense")) {
      assertThat(get("/digits.txt", "Range", "bytes=0-1", "If-Range", validator).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void headSaysWhatGetSends() throws Exception {
    for (String target : List.of("/app.js", "/large.bin", "/empty.txt", "/huge.bin", "/about/")) {
      HttpResponse<byte[]> head =
          send(
              plain,
              plain
                  .to(target)
                  .method("HEAD", BodyPublishers.noBody())
                  .header("Range", "bytes=0-1"));
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(header(head, "Content-Length"))
          .isEqualTo(
              Files.size(
                      folder.resolve(
                          target.substring(1) + (target.endsWith("/") ? "index.html" : "")))
                  + "");
      assertThat(header(head, "ETag")).startsWith("\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
  void aLargeFileIsSentInPieces(HttpClient.Version version) throws Exception {
    byte[] large = Files.readAllBytes(folder.resolve("large.bin"));
    try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
      HttpResponse<byte[]> whole =
          client.send(plain.to("/large.bin").build(), BodyHandlers.ofByteArray());
      assertThat(whole.version()).isEqualTo(version);
      assertThat(whole.body()).isEqualTo(large);
      assertThat(header(whole, "Content-Length")).isEqualTo(LARGE_BYTES + "");
      HttpResponse<byte[]> part =
          client.send(
              plain.to("/large.bin").header("Range", "bytes=70000-270000").build(),
              BodyHandlers.ofByteArray());
      assertThat(part.statusCode()).isEqualTo(206);
      assertThat(part.body()).isEqualTo(Arrays.copyOfRange(large, 70_000, 270_001));
      String tag = header(whole, "ETag");
      assertThat(
              client
                  .send(
                      plain.to("/large.bin").header("If-None-Match", tag).build(),
                      BodyHandlers.ofByteArray())
                  .statusCode())
          .isEqualTo(304);
    }
    HttpResponse<byte[]> end = get("/huge.bin", "Range", "bytes=-7");
    assertThat(end.body()).isEqualTo(new byte[7]);
    assertThat(header(end, "Content-Range")).isEqualTo("bytes 5368709113-5368709119/5368709120");
  }

  /// Bytes of two states of a file must not pass for a file.
  @Test
  void aFileThatIsCutWhileItIsSentBreaksOff() throws Exception {
    Path file = folder.resolve("cut.bin");
    try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
      whole.setLength(64L << 20);
    }
    int port = plain.to("/").build().uri().getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Patience.MILLIS);
      socket
          .getOutputStream()
          .write("GET /cut.bin HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      long got = in.readNBytes(10_000).length;
      try (RandomAccessFile shorter = new RandomAccessFile(file.toFile(), "rw")) {
        shorter.setLength(32L << 20);
      }
      got += in.transferTo(java.io.OutputStream.nullOutputStream());
      assertThat(got).isLessThan(64L << 20);
    }
  }

  @Test
  void whatChangesIsSeen() throws Exception {
    write("news.txt", "old");
    assertThat(now("/news.txt")).isEqualTo("200 old");
    String tag = header(get("/news.txt"), "ETag");
    // of the same length and time: what was written a moment ago may be written again
    Files.writeString(folder.resolve("news.txt"), "new");
    Patience.until("the new content", () -> now("/news.txt").equals("200 new"));
    assertThat(header(get("/news.txt"), "ETag")).isNotEqualTo(tag);
    Files.delete(folder.resolve("news.txt"));
    Patience.until("the file is gone", () -> now("/news.txt").startsWith("404"));
    write("news.txt", "again");
    Patience.until("the file is back", () -> now("/news.txt").equals("200 again"));
  }

  private String now(String target) {
    try {
      HttpResponse<byte[]> answer = get(target);
      return answer.statusCode() + " " + text(answer);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsCompressedIsCompressedOnceOrFoundBesideTheFile() throws Exception {
    HttpResponse<byte[]> made = get("/app.js", "Accept-Encoding", "gzip");
    assertThat(header(made, "Content-Encoding")).isEqualTo("gzip");
    assertThat(header(made, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(header(made, "ETag")).endsWith("-gzip\"");
    assertThat(unpacked(made.body())).isEqualTo(SCRIPT);
    write("packed.js", SCRIPT);
    byte[] beside = packed(SCRIPT);
    Files.write(folder.resolve("packed.js.gz"), beside);
    HttpResponse<byte[]> found = get("/packed.js", "Accept-Encoding", "gzip");
    assertThat(found.body()).isEqualTo(beside);
    assertThat(text(get("/packed.js"))).isEqualTo(SCRIPT);
    // one that is older than the file is of another one, and one that is no gzip is none
    write("stale.js", SCRIPT);
    Files.write(folder.resolve("stale.js.gz"), packed("stale"));
    Files.setLastModifiedTime(
        folder.resolve("stale.js.gz"), FileTime.from(LONG_AGO.minusSeconds(1)));
    write("none.js", SCRIPT);
    Files.writeString(folder.resolve("none.js.gz"), "no gzip at all");
    for (String target : List.of("/stale.js", "/none.js")) {
      assertThat(unpacked(get(target, "Accept-Encoding", "gzip").body())).isEqualTo(SCRIPT);
    }
    // a part is one of the plain form
    HttpResponse<byte[]> part = get("/app.js", "Accept-Encoding", "gzip", "Range", "bytes=0-6");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(header(part, "Content-Encoding")).isEmpty();
    assertThat(header(part, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(text(part)).isEqualTo("console");
    HttpResponse<byte[]> refused =
        get("/app.js", "Accept-Encoding", "gzip, identity;q=0", "Range", "bytes=0-6");
    assertThat(refused.statusCode()).isEqualTo(200);
    assertThat(unpacked(refused.body())).isEqualTo(SCRIPT);
  }

  private static byte[] packed(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }

  private static String unpacked(byte[] gzip) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static final String BROWSER =
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/orders             | true",
        "/orders/7           | true",
        "/user/jane.doe      | true",
        "/missing            | true",
        "/about              | false",
        "/assets/missing     | false",
        "/api/missing        | false",
        "/api                | false",
        "/auth/missing       | false",
        "/graphql/missing    | false",
        "/health             | false",
        "/docs/missing       | false",
        "/dev/mails          | false",
        "/oauth2/authorize   | false",
        "/console            | false",
        "/metrics            | false",
        "/openapi.json       | false",
        "/other/x            | false",
        "/.well-known/missing | false",
        "/.env               | false",
      })
  void anApplicationHasPathsOfItsOwn(String target, boolean page) throws Exception {
    HttpResponse<byte[]> navigation =
        send(application, application.to(target).header("Accept", BROWSER));
    assertThat(text(navigation).contains("<title>Home</title>")).isEqualTo(page);
    if (page) {
      assertThat(navigation.statusCode()).isEqualTo(200);
      assertThat(header(navigation, "Cache-Control")).isEqualTo("no-cache");
      assertThat(header(navigation, "Vary")).contains("Accept");
    }
    // a script that is missing is missing, and so is it for programs
    for (String accept :
        List.of(
            "*/*", "application/json", "text/html;q=0, */*", "application/json, text/html;q=0.5")) {
      HttpResponse<byte[]> other =
          send(application, application.to(target).header("Accept", accept));
      assertThat(text(other)).doesNotContain("<title>Home</title>");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "assets       | public | path must be / or a path of plain names such as /assets, without a slash at its end; it is 'assets'",
        "/assets/     | public | path must be / or a path of plain names such as /assets, without a slash at its end; it is '/assets/'",
        "/a/../b      | public | path must be / or a path of plain names such as /assets, without a slash at its end; it is '/a/../b'",
        "/{path...}   | public | path must be / or a path of plain names such as /assets, without a slash at its end; it is '/{path...}'",
        "/api         | public | path is /api, where Varve answers itself. Choose another",
        "/auth/pages  | public | path is /auth/pages, where Varve answers itself. Choose another",
        "/            | ' '    | directory must name a folder, such as public",
      })
  void aFolderThatCannotBeServedIsRefused(String path, String directory, String message) {
    assertThatThrownBy(() -> new StaticFolder(path, directory, false, "default-src 'self'"))
        .hasMessage(message);
  }
}
