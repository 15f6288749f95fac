package dev.varve.net.compression;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.Problem;
import dev.varve.net.http.AcceptEncoding;
import dev.varve.net.http.Answer;
import dev.varve.net.http.EntityTags;
import dev.varve.net.http.Gzip;
import dev.varve.net.http.Streaming;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The one place where an answer takes its compressed form, whoever made it.
///
/// An answer that has such a form says so by `Vary`, also to those who get the plain one, and its strong entity tag gets
/// a mark (RFC 9110, section 8.8.3): `"5"` goes out as `"5-gzip"`, and comes back as `"5"`
/// ([EntityTags#ofPlainForms()]). A weak tag stands for both forms.
public final class Compression {
  private static final int NOT_MODIFIED = 304;
  private static final int PARTIAL_CONTENT = 206;

  private final CompressionSettings settings;

  public Compression(CompressionSettings settings) {
    this.settings = settings;
  }

  /// The answer as this request takes it.
  public Answer of(ServerRequestHeaders request, Answer answer) {
    if (!settings.enabled()) {
      return answer;
    }
    if (answer.status() == NOT_MODIFIED) {
      return notModified(request, answer);
    }
    Supplier<Optional<byte[]>> form = answer.gzip();
    boolean whole =
        form != null
            || (answer.status() != PARTIAL_CONTENT && answer.body().length >= settings.bytesMin());
    if (!(whole || answer.status() == PARTIAL_CONTENT) || !isCompressible(answer)) {
      return answer;
    }
    Answer varying = answer.varying("Accept-Encoding");
    return whole && accepted(request).prefersGzip() ? compressed(varying, form) : varying;
  }

  private static AcceptEncoding accepted(ServerRequestHeaders request) {
    return AcceptEncoding.of(value(request, HeaderNames.ACCEPT_ENCODING));
  }

  private static @Nullable String value(ServerRequestHeaders request, HeaderName name) {
    return request.contains(name) ? request.get(name).values() : null;
  }

  private static Answer compressed(Answer answer, @Nullable Supplier<Optional<byte[]>> form) {
    Optional<byte[]> gzip = form == null ? compress(answer.body()) : form.get();
    if (gzip.isEmpty()) {
      return answer;
    }
    Streaming streaming = answer.streaming();
    if (streaming != null) {
      streaming.close();
    }
    return answer.gzipped(gzip.get());
  }

  private static Optional<byte[]> compress(byte[] plain) {
    try {
      Allowance.current().take(plain.length);
    } catch (Problem _) {
      // it is made: better plain than not at all
      return Optional.empty();
    }
    return Gzip.QUICK.compress(plain);
  }

  /// It has the tag of the form that the client keeps (RFC 9110, section 15.4.5).
  private static Answer notModified(ServerRequestHeaders request, Answer answer) {
    Answer varying = answer.varying("Accept-Encoding");
    Optional<String> tag = answer.header("ETag");
    String kept = value(request, HeaderNames.IF_NONE_MATCH);
    if (tag.isEmpty() || kept == null || !accepted(request).prefersGzip()) {
      return varying;
    }
    String marked = EntityTags.ofGzip(tag.get());
    return kept.contains(marked) ? varying.with("ETag", marked) : varying;
  }

  /// Never a stream of events, which would wait for more to compress, nor what is compressed already.
  private static boolean isCompressible(Answer answer) {
    boolean compressible = false;
    for (Header header : answer.helidonHeaders()) {
      if (header.headerName().equals(HeaderNames.CONTENT_ENCODING)) {
        return false;
      }
      if (header.headerName().equals(HeaderNames.CONTENT_TYPE)) {
        compressible = isCompressible(header.get());
      }
    }
    return compressible;
  }

  private static boolean isCompressible(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip();
    return switch (type) {
      case "application/json",
          "application/javascript",
          "application/xml",
          "application/wasm",
          "font/ttf",
          "font/otf" ->
          true;
      case "text/event-stream" -> false;
      default ->
          type.startsWith("text/")
              || type.endsWith("+json")
              || type.endsWith("+xml")
              // a name in capitals is the same; the server's own are small
              || type.toLowerCase(Locale.ROOT).startsWith("text/");
    };
  }
}
