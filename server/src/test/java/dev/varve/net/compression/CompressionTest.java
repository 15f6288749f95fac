package dev.varve.net.compression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.edge.HttpSettings;
import dev.varve.net.http.Answer;
import dev.varve.net.http.BundledFiles;
import dev.varve.net.http.EntityTags;
import dev.varve.net.http.Outlet;
import dev.varve.net.http.Request;
import dev.varve.net.http.Routes;
import dev.varve.net.http.Streaming;
import dev.varve.settings.SettingRecords;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompressionTest {
  private static final byte[] LARGE =
      "{\"item\": \"again and again\"}, ".repeat(300).getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AT_THE_BOUND = new byte[CompressionSettings.DEFAULT.bytesMin()];
  private static final byte[] BELOW = new byte[AT_THE_BOUND.length - 1];

  private final HttpFixture server = new HttpFixture(routes());

  private static Routes.Builder routes() {
    return Routes.builder()
        .get(
            "/type", request -> Answer.bytes(200, request.query().value("is").orElseThrow(), LARGE))
        .get("/bound", _ -> Answer.json(200, AT_THE_BOUND))
        .get("/below", _ -> Answer.json(200, BELOW))
        .get(
            "/tagged",
            request -> BundledFiles.conditional(request, "\"5\"", Answer.json(200, LARGE)))
        .get(
            "/weak",
            request -> BundledFiles.conditional(request, "W/\"5\"", Answer.json(200, LARGE)))
        .put("/tagged", CompressionTest::write)
        .get("/varies", _ -> Answer.json(200, LARGE).with("Vary", "Accept"))
        .get("/coded", _ -> Answer.json(200, LARGE).with("Content-Encoding", "br"))
        .get(
            "/part",
            _ -> Answer.bytes(206, "text/plain", LARGE).with("Content-Range", "bytes 0-9/99"))
        .get("/events", _ -> Answer.streaming("text/event-stream", new Once(LARGE)))
        .get("/stream", _ -> Answer.streaming("text/csv", new Once(LARGE)))
        .get(
            "/refused",
            _ -> {
              throw refusal();
            });
  }

  private static Answer write(Request request) {
    EntityTags tags = request.ifMatch().orElseThrow();
    if (!tags.matchStrongly("\"5\"")) {
      throw new Problem(ErrorCode.PRECONDITION_FAILED, "It has changed");
    }
    return Answer.json(200, LARGE).with("ETag", "\"6\"");
  }

  private static Problem refusal() {
    FieldError wrong = new FieldError("field", "is wrong");
    return new Problem(
        ErrorCode.VALIDATION_ERROR, "Invalid input data", Collections.nCopies(200, wrong));
  }

  private record Once(byte[] bytes) implements Streaming {
    @Override
    public void send(Outlet outlet) {
      outlet.send(bytes);
    }

    @Override
    public void stop() {}

    @Override
    public void close() {}
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private HttpResponse<byte[]> get(String target, String... headers) throws Exception {
    HttpRequest.Builder request = server.to(target);
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return server.client().send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return String.join("; ", answer.headers().allValues(name));
  }

  private static byte[] unpacked(byte[] gzip) throws Exception {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json                  | true",
        "application/problem%2Bjson        | true",
        "application/graphql-response%2Bjson | true",
        "application/javascript            | true",
        "text/javascript;charset=utf-8     | true",
        "text/css                          | true",
        "TEXT/CSS                          | true",
        "text/html;charset=utf-8           | true",
        "image/svg%2Bxml                   | true",
        "application/xml                   | true",
        "application/wasm                  | true",
        "font/ttf                          | true",
        "font/woff2                        | false",
        "image/png                         | false",
        "application/octet-stream          | false",
        "application/gzip                  | false",
        "text/event-stream                 | false",
      })
  void whatIsTextIsCompressedAndSaysSo(String type, boolean compressed) throws Exception {
    HttpResponse<byte[]> answer = get("/type?is=" + type, "Accept-Encoding", "gzip");
    assertThat(header(answer, "Content-Encoding")).isEqualTo(compressed ? "gzip" : "");
    assertThat(header(answer, "Vary")).isEqualTo(compressed ? "Accept-Encoding" : "");
    assertThat(header(answer, "Content-Length")).isEqualTo(answer.body().length + "");
    assertThat(compressed ? unpacked(answer.body()) : answer.body()).isEqualTo(LARGE);
    HttpResponse<byte[]> plain = get("/type?is=" + type);
    assertThat(header(plain, "Content-Encoding")).isEmpty();
    assertThat(header(plain, "Vary")).isEqualTo(compressed ? "Accept-Encoding" : "");
    assertThat(plain.body()).isEqualTo(LARGE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/bound   | gzip | Accept-Encoding         | 200",
        "/below   |      | ''                      | 200",
        "/varies  | gzip | Accept, Accept-Encoding | 200",
        "/coded   | br   | ''                      | 200",
        "/part    |      | Accept-Encoding         | 206",
        "/events  |      | ''                      | 200",
        "/stream  |      | ''                      | 200",
        "/refused | gzip | Accept-Encoding         | 400",
      })
  void someAnswersStayAsTheyAre(String target, @Nullable String coding, String vary, int status)
      throws Exception {
    HttpResponse<byte[]> answer = get(target, "Accept-Encoding", "gzip");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(header(answer, "Content-Encoding")).isEqualTo(coding == null ? "" : coding);
    assertThat(header(answer, "Vary")).isEqualTo(vary);
  }

  @ParameterizedTest
  @CsvSource({
    "gzip, true",
    "'gzip;q=0.5, identity', false",
    "'identity;q=0, *', true",
    "br, false"
  })
  void headTellsWhatGetWouldSend(String accepted, boolean compressed) throws Exception {
    HttpResponse<byte[]> got = get("/tagged", "Accept-Encoding", accepted);
    HttpResponse<byte[]> head =
        send(
            server
                .to("/tagged")
                .header("Accept-Encoding", accepted)
                .method("HEAD", BodyPublishers.noBody()));
    assertThat(header(head, "Content-Encoding")).isEqualTo(compressed ? "gzip" : "");
    assertThat(head.body()).isEmpty();
    for (String name : List.of("Content-Length", "Content-Encoding", "ETag", "Vary")) {
      assertThat(header(head, name)).isEqualTo(header(got, name));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what it takes, what it keeps                | status | tag of the answer
        "gzip     |                                    | 200    | \"5-gzip\"",
        "identity |                                    | 200    | \"5\"",
        "gzip     | \"5-gzip\"                         | 304    | \"5-gzip\"",
        "gzip     | \"5\"                              | 304    | \"5\"",
        "gzip     | \"5\", \"5-gzip\"                  | 304    | \"5-gzip\"",
        "gzip     | \"4-gzip\"                         | 200    | \"5-gzip\"",
        "gzip     | W/\"5\"                            | 304    | \"5\"",
        "gzip     | *                                  | 304    | \"5\"",
        "identity | \"5\"                              | 304    | \"5\"",
        "identity | \"5\", \"5-gzip\"                  | 304    | \"5\"",
        // a cache must not give the kept gzip form to somebody who cannot read it
        "identity | \"5-gzip\"                         | 200    | \"5\"",
      })
  void eachFormHasATagAndWhoKeepsOneIsToldWhichIsStillGood(
      String accepted, @Nullable String kept, int status, String tag) throws Exception {
    HttpResponse<byte[]> answer =
        kept == null
            ? get("/tagged", "Accept-Encoding", accepted)
            : get("/tagged", "Accept-Encoding", accepted, "If-None-Match", kept);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(header(answer, "ETag")).isEqualTo(tag);
    assertThat(header(answer, "Vary")).isEqualTo("Accept-Encoding");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"5\"               | 200",
        "\"5-gzip\"          | 200",
        "\"4\", \"5-gzip\"   | 200",
        "\"4-gzip\"          | 412",
        "W/\"5-gzip\"        | 412",
        "\"5-br\"            | 412",
      })
  void aWriteTakesTheTagOfEitherForm(String tag, int status) throws Exception {
    HttpResponse<byte[]> answer =
        send(
            server
                .to("/tagged")
                .header("Accept-Encoding", "gzip")
                .header("If-Match", tag)
                .PUT(BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(status);
    if (status == 200) {
      assertThat(header(answer, "ETag")).isEqualTo("\"6-gzip\"");
    }
  }

  /// It says that both forms hold the same, not that they are the same bytes.
  @ParameterizedTest
  @ValueSource(strings = {"gzip", "identity"})
  void aWeakTagStandsForBothForms(String accepted) throws Exception {
    HttpResponse<byte[]> answer = get("/weak", "Accept-Encoding", accepted);
    assertThat(header(answer, "ETag")).isEqualTo("W/\"5\"");
    HttpResponse<byte[]> again =
        get("/weak", "Accept-Encoding", accepted, "If-None-Match", header(answer, "ETag"));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(header(again, "ETag")).isEqualTo("W/\"5\"");
  }

  @Test
  void http2IsToldTheSame() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<byte[]> answer =
          client.send(
              server.to("/tagged").header("Accept-Encoding", "gzip").build(),
              BodyHandlers.ofByteArray());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(header(answer, "ETag")).isEqualTo("\"5-gzip\"");
      assertThat(unpacked(answer.body())).isEqualTo(LARGE);
    }
  }

  @Test
  void whereItIsSwitchedOffNothingIsCompressed() throws Exception {
    HttpSettings off =
        SettingRecords.changed(
            HttpFixture.SETTINGS, Map.of("compression", new CompressionSettings(false, 1_024)));
    try (HttpFixture plain = new HttpFixture(off, routes())) {
      HttpResponse<byte[]> answer =
          plain
              .client()
              .send(
                  plain.to("/tagged").header("Accept-Encoding", "gzip").build(),
                  BodyHandlers.ofByteArray());
      assertThat(answer.body()).isEqualTo(LARGE);
      assertThat(header(answer, "ETag")).isEqualTo("\"5\"");
      assertThat(header(answer, "Vary")).isEmpty();
    }
  }
}
