package dev.varve.account;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What one endpoint of accounts takes and gives, for whoever describes the API.
///
/// @param operation its name, such as `signIn`
/// @param caller who may ask
/// @param takes the members of the body; none when it has no body
/// @param status of success
/// @param gives the members of the answer; none when it has no body
public record Endpoint(
    String method,
    String path,
    String operation,
    String summary,
    Who caller,
    List<Member> takes,
    int status,
    List<Member> gives) {
  public Endpoint {
    takes = List.copyOf(takes);
    gives = List.copyOf(gives);
  }

  /// Who may ask.
  public enum Who {
    ANYBODY,
    SIGNED_IN
  }

  /// What a member of a body holds.
  public enum Type {
    ANY,
    TEXT,
    TEXT_OR_NULL,
    NUMBER,
    TEXTS,
    OBJECT,
    OBJECTS
  }

  /// A member of a body.
  public record Member(String name, Type type, boolean required) {}

  /// The fields of an account that nobody signs up with.
  public static final Set<String> GIVEN_BY_OTHERS = AccountContext.PROTECTED;

  private static Member text(String name) {
    return new Member(name, Type.TEXT, true);
  }

  private static Member maybe(String name, Type type) {
    return new Member(name, type, false);
  }

  private static final List<Member> MESSAGE = List.of(text("message"));
  private static final List<Member> NOTHING = List.of();
  private static final Member EMAIL = text("email");
  private static final Member REFRESH_TOKEN = text("refreshToken");
  private static final String NEXT_CURSOR = "nextCursor";
  private static final List<Member> KEY =
      List.of(
          text("id"),
          text("name"),
          new Member("roles", Type.TEXTS, true),
          text("createdAt"),
          text("createdBy"),
          new Member("lastUsedAt", Type.TEXT_OR_NULL, true),
          new Member("expiresAt", Type.TEXT_OR_NULL, true),
          new Member("revokedAt", Type.TEXT_OR_NULL, true));
  private static final List<Member> TOKENS =
      List.of(
          text("accessToken"),
          text("tokenType"),
          new Member("expiresIn", Type.NUMBER, true),
          REFRESH_TOKEN,
          new Member("account", Type.OBJECT, true));

  private static Endpoint post(
      String path,
      String operation,
      String summary,
      Who caller,
      List<Member> takes,
      int status,
      List<Member> gives) {
    return new Endpoint("post", path, operation, summary, caller, takes, status, gives);
  }

  /// Every one, in the order in which people meet them.
  ///
  /// @param accountFields the names of the fields that an account may be signed up with
  public static List<Endpoint> all(List<String> accountFields) {
    List<Member> signUp =
        Stream.concat(
                Stream.of(EMAIL, text("password"), maybe("invitation", Type.TEXT)),
                accountFields.stream()
                    .filter(name -> !name.equals("email"))
                    .map(name -> maybe(name, Type.ANY)))
            .toList();
    return List.of(
        post("/auth/sign-up", "signUp", "Sign up", Who.ANYBODY, signUp, 202, MESSAGE),
        post(
            MailLinks.VERIFY,
            "verifyEmail",
            "Confirm an e-mail address with the token that was mailed and the password that was chosen",
            Who.ANYBODY,
            List.of(text("token"), text("password")),
            200,
            List.of(EMAIL)),
        post(
            "/auth/verify-email/resend",
            "resendVerification",
            "Mail the token again",
            Who.ANYBODY,
            List.of(EMAIL),
            202,
            MESSAGE),
        post(
            "/auth/sign-in",
            "signIn",
            "Sign in",
            Who.ANYBODY,
            List.of(EMAIL, text("password")),
            200,
            TOKENS),
        post(
            "/auth/refresh",
            "refresh",
            "Get the next tokens; a refresh token is good once",
            Who.ANYBODY,
            List.of(REFRESH_TOKEN),
            200,
            TOKENS),
        post(
            "/auth/sign-out",
            "signOut",
            "Sign out, with the access token or a refresh token",
            Who.ANYBODY,
            List.of(maybe("refreshToken", Type.TEXT)),
            204,
            NOTHING),
        new Endpoint(
            "get",
            "/auth/me",
            "me",
            "Who asks",
            Who.ANYBODY,
            NOTHING,
            200,
            List.of(
                maybe("account", Type.OBJECT),
                new Member("roles", Type.TEXTS, true),
                maybe("session", Type.TEXT_OR_NULL))),
        new Endpoint(
            "get",
            "/auth/sessions",
            "listSessions",
            "Where the account is signed in",
            Who.SIGNED_IN,
            NOTHING,
            200,
            List.of(new Member("items", Type.OBJECTS, true))),
        new Endpoint(
            "delete",
            "/auth/sessions",
            "endSessions",
            "Sign out everywhere",
            Who.SIGNED_IN,
            NOTHING,
            204,
            NOTHING),
        new Endpoint(
            "delete",
            "/auth/sessions/{id}",
            "endSession",
            "Sign out in one place",
            Who.SIGNED_IN,
            NOTHING,
            204,
            NOTHING),
        post(
            "/auth/password",
            "changePassword",
            "Change the password; other sessions end",
            Who.SIGNED_IN,
            List.of(text("currentPassword"), text("newPassword")),
            204,
            NOTHING),
        post(
            "/auth/password/forgot",
            "forgotPassword",
            "Mail a token that sets another password",
            Who.ANYBODY,
            List.of(EMAIL),
            202,
            MESSAGE),
        post(
            MailLinks.RESET,
            "resetPassword",
            "Set another password with the token that was mailed; all sessions end",
            Who.ANYBODY,
            List.of(text("token"), text("newPassword")),
            204,
            NOTHING),
        post(
            "/auth/email",
            "changeEmail",
            "Mail a token to a new address",
            Who.SIGNED_IN,
            List.of(text("newEmail"), text("password")),
            202,
            MESSAGE),
        post(
            MailLinks.CONFIRM,
            "confirmEmail",
            "Give the account its new address with the token that was mailed",
            Who.ANYBODY,
            List.of(text("token")),
            200,
            List.of(EMAIL)),
        post(
            "/auth/invitations",
            "invite",
            "Mail an invitation; for administrators",
            Who.SIGNED_IN,
            List.of(EMAIL, maybe("roles", Type.TEXTS)),
            202,
            MESSAGE),
        post(
            "/auth/keys",
            "makeKey",
            "Make an API key, which is shown this once; for administrators",
            Who.SIGNED_IN,
            List.of(
                text("name"), new Member("roles", Type.TEXTS, true), maybe("expiresAt", Type.TEXT)),
            201,
            Stream.concat(KEY.stream(), Stream.of(text("key"))).toList()),
        new Endpoint(
            "get",
            "/auth/keys",
            "listKeys",
            "The API keys, newest first; for administrators",
            Who.SIGNED_IN,
            NOTHING,
            200,
            List.of(
                new Member("items", Type.OBJECTS, true),
                new Member(NEXT_CURSOR, Type.TEXT_OR_NULL, true))),
        new Endpoint(
            "delete",
            "/auth/keys/{id}",
            "revokeKey",
            "Revoke an API key; for administrators",
            Who.SIGNED_IN,
            NOTHING,
            204,
            NOTHING));
  }

  /// Whether it takes `limit` and `cursor`.
  public boolean paged() {
    return gives.stream().anyMatch(member -> member.name().equals(NEXT_CURSOR));
  }
}
