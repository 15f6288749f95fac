package dev.varve.face.auth;

import dev.varve.identity.account.Passwords;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.EmailAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The JSON object that came with a request. What is wrong in it is collected, to be told at once.
public final class JsonBody {
  private static final int BYTES_MAX = 64 * 1024;
  private static final int ERRORS_MAX = 100;
  private static final int TOKEN_LENGTH_MAX = 200;
  private static final int ADDRESS_LENGTH_MAX = 2_000;

  private final Map<String, @Nullable Object> members;
  private final boolean form;
  private final List<FieldError> errors = new ArrayList<>();

  private JsonBody(Map<String, @Nullable Object> members, boolean form) {
    this.members = members;
    this.form = form;
  }

  /// Reads what came with a request, as JSON or as a form, once it is known what it may be.
  @FunctionalInterface
  public interface Reader {
    JsonBody with(List<Member> known);
  }

  /// Of a request that takes these members and no others.
  public static JsonBody of(Request request, List<Member> known) {
    JsonBody body = of(request);
    body.refuseOthers(names(known));
    return body;
  }

  /// Of a request that takes other members as well.
  static JsonBody of(Request request) {
    byte[] bytes = request.hasBody() ? request.body("application/json") : new byte[0];
    if (bytes.length > BYTES_MAX) {
      throw new Problem(
          ErrorCode.TOO_LARGE, "The body is larger than %,d bytes".formatted(BYTES_MAX));
    }
    return of(bytes.length == 0 ? Map.of() : Json.read(bytes));
  }

  static JsonBody of(@Nullable Object json) {
    if (!(json instanceof Map<?, ?> given)) {
      throw new Problem(ErrorCode.MALFORMED_REQUEST, "The body must be a JSON object");
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    given.forEach((name, value) -> members.put(String.valueOf(name), value));
    return new JsonBody(members, false);
  }

  /// Of a form, which has the same fields as texts.
  public static JsonBody of(Map<String, String> form, List<Member> known) {
    JsonBody body = new JsonBody(new LinkedHashMap<>(form), true);
    body.refuseOthers(names(known));
    return body;
  }

  private static List<String> names(List<Member> members) {
    return members.stream().map(Member::name).toList();
  }

  private void refuseOthers(List<String> known) {
    for (String name : members.keySet()) {
      if (!known.contains(name) && errors.size() < ERRORS_MAX) {
        errors.add(
            new FieldError(
                name,
                "is not known here; there %s %s.%s"
                    .formatted(
                        known.size() == 1 ? "is" : "are",
                        String.join(", ", known),
                        Nearest.hint(name, known))));
      }
    }
  }

  /// The members that were not taken yet.
  Map<String, @Nullable Object> rest() {
    return members;
  }

  public void wrong(String field, String message) {
    errors.add(new FieldError(field, message));
  }

  void wrong(List<FieldError> more) {
    errors.addAll(more);
  }

  /// In lower case, as accounts have it.
  String email(String name) {
    String email =
        EmailAddress.inLowerCase(text(name, EmailAddress.LENGTH_MAX, "an e-mail address").strip());
    int at = email.indexOf('@');
    boolean shaped = at > 0 && at < email.length() - 1 && email.chars().noneMatch(c -> c <= ' ');
    if (!email.isEmpty() && !shaped) {
      wrong(name, "must be an e-mail address, such as ada@example.com");
    }
    return email;
  }

  String password(String name) {
    return text(name, Passwords.TEXT_LENGTH_MAX, "a password");
  }

  public String token(String name) {
    return text(name, TOKEN_LENGTH_MAX, "a token");
  }

  /// An address, or what else is longer than a token.
  public String address(String name) {
    return text(name, ADDRESS_LENGTH_MAX, "an address");
  }

  public Optional<String> optionalAddress(String name) {
    return members.get(name) == null ? Optional.empty() : Optional.of(address(name));
  }

  Optional<String> optionalToken(String name) {
    return members.get(name) == null ? Optional.empty() : Optional.of(token(name));
  }

  /// A code that somebody types.
  String code(String name) {
    return text(name, TOKEN_LENGTH_MAX, "a code");
  }

  /// What somebody calls something of their own. It stands in a line of a list, and of a mail that tells what was done: nobody adds lines
  /// to that.
  String name(String name, int lengthMax) {
    String given = text(name, lengthMax, "a name").strip();
    if (given.isEmpty() || given.codePoints().anyMatch(JsonBody::breaksLines)) {
      wrong(name, "must be a name without line breaks, such as Laptop");
    }
    return given;
  }

  private static boolean breaksLines(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.LINE_SEPARATOR
        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
  }

  /// A text that may be missing.
  Optional<String> optionalText(String name, int lengthMax) {
    return members.get(name) == null
        ? Optional.empty()
        : Optional.of(text(name, lengthMax, "a text").strip()).filter(text -> !text.isEmpty());
  }

  /// A text that must be there; empty when it is wrong.
  String text(String name, int lengthMax, String what) {
    Object value = members.get(name);
    if (!(value instanceof String text) || text.isEmpty()) {
      wrong(name, "must be %s, as text".formatted(what));
      return "";
    }
    if (text.length() > lengthMax) {
      wrong(name, "is longer than %,d characters".formatted(lengthMax));
      return "";
    }
    return text;
  }

  /// An object that must be there, as JSON; empty when it is wrong. In a form it is the text of one.
  String object(String name) {
    if (form) {
      return text(name, BYTES_MAX, "a JSON object");
    }
    if (!(members.get(name) instanceof Map<?, ?>)) {
      wrong(name, "must be a JSON object");
      return "";
    }
    return objectText(members.get(name));
  }

  /// The same of a form, in which it is the text of one.
  String objectText(String name) {
    return objectText(members.get(name));
  }

  /// What was given as an object, or as the text of one, in JSON.
  static String objectText(@Nullable Object given) {
    return given instanceof String text
        ? text
        : new String(Json.bytes(json -> Json.write(json, given)), StandardCharsets.UTF_8);
  }

  /// Whether a member is there and true.
  boolean truth(String name) {
    Object value = members.remove(name);
    if (value != null && !(value instanceof Boolean)) {
      wrong(name, "must be true or false");
    }
    return Boolean.TRUE.equals(value);
  }

  Object take(String name) {
    Object value = members.remove(name);
    return value == null ? "" : value;
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  /// @throws Problem VALIDATION_ERROR with everything that is wrong
  public void check() {
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
  }
}
