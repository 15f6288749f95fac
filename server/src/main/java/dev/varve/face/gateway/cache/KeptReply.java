package dev.varve.face.gateway.cache;

import dev.varve.net.http.Answer;
import dev.varve.net.http.ByteRange;
import dev.varve.net.http.EntityTags;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.HttpDate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A kept answer as a client gets it: whole, the part that it asks for, or the word that it has it already (RFC 9110, sections
/// 13 and 14; RFC 9111, section 4.3.2).
final class KeptReply {
  private static final byte[] NOTHING = {};

  private KeptReply() {}

  /// @param status what the cache did
  static Answer of(KeptAnswer answer, CachedRequest request, Instant now, HeaderLine status) {
    List<HeaderLine> headers = new ArrayList<>();
    for (HeaderLine header : answer.shown()) {
      if (!header.is("Age")) {
        headers.add(header);
      }
    }
    headers.add(new HeaderLine("Age", Long.toString(answer.freshness().age(now).toSeconds())));
    headers.add(status);
    if (answer.status() == 200 && isKnown(answer, request)) {
      headers.removeIf(KeptReply::isOfBody);
      return Answer.relayed(304, headers, NOTHING);
    }
    if (request.isHead()) {
      if (answer.status() != 204) {
        headers.add(new HeaderLine("Content-Length", Integer.toString(answer.body().length)));
      }
      return Answer.relayed(answer.status(), headers, NOTHING);
    }
    Optional<ByteRange> range = range(answer, request);
    return range.isPresent()
        ? part(answer, headers, range.get())
        : Answer.relayed(answer.status(), headers, answer.body());
  }

  /// Whether the client has it already.
  private static boolean isKnown(KeptAnswer answer, CachedRequest request) {
    Optional<String> tags = request.header("If-None-Match");
    if (tags.isPresent()) {
      Optional<String> tag = answer.header("ETag");
      return tag.isPresent()
          && EntityTags.parse("If-None-Match", tags.get()).matchWeakly(tag.get());
    }
    Optional<Instant> since = request.header("If-Modified-Since").flatMap(HttpDate::parse);
    Optional<Instant> modified = answer.header("Last-Modified").flatMap(HttpDate::parse);
    return since.isPresent() && modified.isPresent() && !modified.get().isAfter(since.get());
  }

  private static boolean isOfBody(HeaderLine header) {
    return header.name().toLowerCase(Locale.ROOT).startsWith("content-")
        && !header.is("Content-Location")
        && !header.is("Content-Security-Policy");
  }

  private static Optional<ByteRange> range(KeptAnswer answer, CachedRequest request) {
    Optional<String> range = request.header("Range");
    if (range.isEmpty() || answer.status() != 200) {
      return Optional.empty();
    }
    Optional<String> ifRange = request.header("If-Range").map(String::strip);
    boolean isSame =
        ifRange.isEmpty()
            || (!ifRange.get().startsWith("W/") && answer.header("ETag").equals(ifRange))
            || answer.header("Last-Modified").equals(ifRange);
    return isSame ? ByteRange.parse(range.get(), answer.body().length) : Optional.empty();
  }

  private static Answer part(KeptAnswer answer, List<HeaderLine> headers, ByteRange range) {
    int size = answer.body().length;
    if (range.isNothing()) {
      headers.removeIf(KeptReply::isOfBody);
      headers.add(new HeaderLine("Content-Range", "bytes */" + size));
      return Answer.relayed(416, headers, NOTHING);
    }
    headers.add(new HeaderLine("Content-Range", range.of(size)));
    return Answer.relayed(206, headers, range.of(answer.body()));
  }
}
