package dev.varve.face.auth;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Request;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Which page of a list somebody asks for that is in the order of ids: `limit`, and `cursor`, which names the last one before.
///
/// @param after the id of the last one before; nothing at the beginning
record IdPage(int limit, Optional<String> after) {
  private static final int LIMIT = 30;
  private static final int LIMIT_MAX = 500;
  // no id is longer
  private static final int CURSOR_LENGTH_MAX = 700;

  /// @throws Problem INVALID_PARAMETER or INVALID_CURSOR
  static IdPage of(Request request) {
    return new IdPage(
        request.query().value("limit").map(IdPage::limit).orElse(LIMIT),
        request.query().value("cursor").map(IdPage::id));
  }

  private static int limit(String text) {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= LIMIT_MAX) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw badLimit();
    }
    throw badLimit();
  }

  private static Problem badLimit() {
    return Problem.parameter("limit", "must be a whole number from 1 to " + LIMIT_MAX);
  }

  /// What leads to the page behind an id.
  static String cursor(String id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(id.getBytes(StandardCharsets.US_ASCII));
  }

  private static String id(String cursor) {
    try {
      byte[] id =
          cursor.length() <= CURSOR_LENGTH_MAX
              ? Base64.getUrlDecoder().decode(cursor)
              : new byte[0];
      String text = new String(id, StandardCharsets.US_ASCII);
      if (!text.isEmpty() && cursor(text).equals(cursor)) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      throw badCursor();
    }
    throw badCursor();
  }

  private static Problem badCursor() {
    return new Problem(
        ErrorCode.INVALID_CURSOR,
        "This is not a cursor that this list gave; use nextCursor as it stands, or start without a cursor");
  }
}
