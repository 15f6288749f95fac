package dev.varve.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.net.edge.HttpFixture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BundledFilesTest {
  private static final String LONG = "/dev/varve/face/openapi/docs.js";
  private static final byte[] CONTENT = BundledFiles.read(LONG);

  private final BundledFiles files = new BundledFiles().with("docs.js", "text/javascript", LONG);
  private final HttpFixture server =
      new HttpFixture(
          Routes.builder()
              .get("/{file}", request -> files.answer(request, request.variable("file"))));

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br, gzip", "gzip;q=0.5", "deflate, GZIP ; q=1.0"})
  void whoTakesGzipGetsIt(String acceptEncoding) throws Exception {
    HttpResponse<byte[]> answer =
        send(server.to("/docs.js").header("Accept-Encoding", acceptEncoding));
    assertThat(header(answer, "Content-Encoding")).isEqualTo("gzip");
    assertThat(header(answer, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(answer.body()).hasSizeLessThan(CONTENT.length);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertThat(in.readAllBytes()).isEqualTo(CONTENT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip;q=0", "gzip;q=0.000", "br, xgzip"})
  void whoDoesNotGetsItPlain(String acceptEncoding) throws Exception {
    HttpResponse<byte[]> answer =
        send(server.to("/docs.js").header("Accept-Encoding", acceptEncoding));
    assertThat(header(answer, "Content-Encoding")).isEmpty();
    assertThat(header(answer, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(answer.body()).isEqualTo(CONTENT);
  }

  @Test
  void eachFormHasATagOfItsOwnAndIsNotSentTwice() throws Exception {
    String plain = header(send(server.to("/docs.js")), "ETag");
    String gzip = header(send(server.to("/docs.js").header("Accept-Encoding", "gzip")), "ETag");
    assertThat(plain).isNotEqualTo(gzip);
    HttpResponse<byte[]> again =
        send(server.to("/docs.js").header("Accept-Encoding", "gzip").header("If-None-Match", gzip));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    HttpResponse<byte[]> other = send(server.to("/docs.js").header("If-None-Match", gzip));
    assertThat(other.statusCode()).isEqualTo(200);
    assertThat(other.body()).isEqualTo(CONTENT);
  }

  @Test
  void aFileThatIsNotThereIsFoundAtTheStart() {
    assertThatThrownBy(() -> new BundledFiles().with("x.js", "text/javascript", "/dev/varve/x.js"))
        .hasMessage("The class path lacks /dev/varve/x.js");
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return server.client().send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
