package dev.varve.face.oauth;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Handler;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.util.LinkedHashMap;
import java.util.Map;

/// How browsers come to a page.
public final class Navigation {
  private static final String NAVIGATE = "navigate";
  private static final String DOCUMENT = "document";

  // what a request line has room for
  private static final int LOCATION_LENGTH_MAX = 6_000;

  private Navigation() {}

  /// A page to which a browser goes, and no script of whatever page does (Fetch Metadata Request Headers, section 2.2).
  public static Handler alone(Handler page) {
    return request -> {
      if (!request.header("Sec-Fetch-Mode").orElse(NAVIGATE).equals(NAVIGATE)) {
        throw new Problem(
            ErrorCode.FORBIDDEN, "This is a page: send the browser here, not a script");
      }
      return page.handle(request);
    };
  }

  /// The same, and in no frame of another page. The cookie of a session does not count there ([dev.varve.face.auth.SameOrigin]), so that
  /// whoever is signed in would be sent to sign in, and from there back, round and round.
  public static Handler unframed(Handler page) {
    return alone(request -> {
      if (!request.header("Sec-Fetch-Dest").orElse(DOCUMENT).equals(DOCUMENT)) {
        throw new Problem(
            ErrorCode.FORBIDDEN, "This is a page of its own: link to it, and frame it in no other");
      }
      return page.handle(request);
    });
  }

  /// A form of another site goes round once more, as a link: cookies come along with a link, and with no form.
  public static Answer roundTrip(Request request, String path, QueryString form) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (QueryString.Parameter field : form.all()) {
      if (fields.put(field.name(), field.value()) != null) {
        return FlowPages.refuses(
            request, Problem.parameter(field.name(), "It is given more than once; give it once."));
      }
    }
    String location = Answering.located(path, fields);
    return location.length() > LOCATION_LENGTH_MAX
        ? FlowPages.refuses(
            request, new Problem(ErrorCode.TOO_LARGE, "The application asks with too many words"))
        : Answer.empty(303).with("Location", location);
  }
}
