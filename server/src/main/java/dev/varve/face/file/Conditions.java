package dev.varve.face.file;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.EntityTags;
import dev.varve.net.http.HttpDate;
import dev.varve.net.http.Request;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// What a request for a file makes depend on what the client knows of it (RFC 9110, section 13).
final class Conditions {
  private Conditions() {}

  /// Whether the client has it already. In the order of section 13.2.2.
  ///
  /// @throws Problem PRECONDITION_FAILED when the client wants what is not there any more
  static boolean areMetByWhatIsKept(Request request, FileContent content) {
    requireMatch(request, content);
    Optional<EntityTags> ifNoneMatch = request.ifNoneMatch();
    if (ifNoneMatch.isPresent()) {
      return ifNoneMatch.get().matchWeakly(content.tag());
    }
    return date(request, "If-Modified-Since")
        .filter(since -> !modified(content).isAfter(since))
        .isPresent();
  }

  private static void requireMatch(Request request, FileContent content) {
    Optional<EntityTags> ifMatch = request.ifMatch();
    boolean matches =
        ifMatch.isPresent()
            ? ifMatch.get().matchStrongly(content.tag())
            : date(request, "If-Unmodified-Since")
                .filter(since -> modified(content).isAfter(since))
                .isEmpty();
    if (!matches) {
      throw new Problem(
          ErrorCode.PRECONDITION_FAILED,
          "The file has changed, or its ETag was another one. Get it anew, without the condition");
    }
  }

  /// Whether the part that is asked for goes with what the client has of it (section 13.1.5).
  static boolean rangeStillFits(Request request, FileContent content) {
    Optional<String> ifRange = request.header("If-Range").map(String::strip);
    if (ifRange.isEmpty()) {
      return true;
    }
    String validator = ifRange.get();
    return validator.startsWith("\"")
        ? validator.equals(content.tag())
        : HttpDate.parse(validator).filter(modified(content)::equals).isPresent();
  }

  private static Optional<Instant> date(Request request, String name) {
    return request.header(name).flatMap(HttpDate::parse);
  }

  /// To the second, as HTTP tells it.
  private static Instant modified(FileContent content) {
    return content.modified().truncatedTo(ChronoUnit.SECONDS);
  }
}
