package dev.varve.face.auth;

import dev.varve.face.auth.Endpoint.Member;
import dev.varve.face.auth.Endpoint.Who;
import dev.varve.identity.account.AccountModel;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Every endpoint of accounts, for whoever describes the API.
public final class Endpoints {
  /// The fields of an account that nobody signs up with.
  public static final Set<String> GIVEN_BY_OTHERS = AccountModel.GIVEN_BY_OTHERS;

  private static final List<Member> MESSAGE = List.of(text("message"));
  private static final List<Member> NOTHING = List.of();
  private static final Member EMAIL = text("email");
  private static final Member REFRESH_TOKEN = text("refreshToken");
  private static final List<Member> KEY =
      List.of(
          text("id"),
          text("name"),
          new Member("roles", Endpoint.Type.TEXTS, true),
          text("createdAt"),
          text("createdBy"),
          new Member("lastUsedAt", Endpoint.Type.TEXT_OR_NULL, true),
          new Member("expiresAt", Endpoint.Type.TEXT_OR_NULL, true),
          new Member("revokedAt", Endpoint.Type.TEXT_OR_NULL, true));
  private static final List<Member> TOKENS =
      List.of(
          text("accessToken"),
          text("tokenType"),
          new Member("expiresIn", Endpoint.Type.NUMBER, true),
          REFRESH_TOKEN,
          new Member("account", Endpoint.Type.OBJECT, true));

  private static final List<Endpoint> SESSIONS =
      List.of(
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
              List.of(maybe("refreshToken", Endpoint.Type.TEXT)),
              204,
              NOTHING),
          get(
              "/auth/me",
              "me",
              "Who asks",
              Who.ANYBODY,
              List.of(
                  maybe("account", Endpoint.Type.OBJECT),
                  new Member("roles", Endpoint.Type.TEXTS, true),
                  maybe("session", Endpoint.Type.TEXT_OR_NULL))),
          get(
              "/auth/sessions",
              "listSessions",
              "Where the account is signed in",
              Who.SIGNED_IN,
              List.of(new Member("items", Endpoint.Type.OBJECTS, true))),
          delete("/auth/sessions", "endSessions", "Sign out everywhere"),
          delete("/auth/sessions/{id}", "endSession", "Sign out in one place"));

  private static final List<Endpoint> CREDENTIALS =
      List.of(
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
              List.of(EMAIL)));

  private static final List<Endpoint> ADMINISTRATION =
      List.of(
          post(
              "/auth/invitations",
              "invite",
              "Mail an invitation; for administrators",
              Who.SIGNED_IN,
              List.of(EMAIL, maybe("roles", Endpoint.Type.TEXTS)),
              202,
              MESSAGE),
          post(
              "/auth/keys",
              "makeKey",
              "Make an API key, which is shown this once; for administrators",
              Who.SIGNED_IN,
              List.of(
                  text("name"),
                  new Member("roles", Endpoint.Type.TEXTS, true),
                  maybe("expiresAt", Endpoint.Type.TEXT)),
              201,
              Stream.concat(KEY.stream(), Stream.of(text("key"))).toList()),
          get(
              "/auth/keys",
              "listKeys",
              "The API keys, newest first; for administrators",
              Who.SIGNED_IN,
              List.of(
                  new Member("items", Endpoint.Type.OBJECTS, true),
                  new Member(Endpoint.NEXT_CURSOR, Endpoint.Type.TEXT_OR_NULL, true))),
          delete("/auth/keys/{id}", "revokeKey", "Revoke an API key; for administrators"));

  private Endpoints() {}

  /// Every one, in the order in which people meet them.
  ///
  /// @param accountFields the names of the fields that an account may be signed up with
  public static List<Endpoint> all(List<String> accountFields) {
    return Stream.of(signUp(accountFields), SESSIONS, CREDENTIALS, ADMINISTRATION)
        .flatMap(List::stream)
        .toList();
  }

  private static List<Endpoint> signUp(List<String> accountFields) {
    Stream<Member> own =
        Stream.of(EMAIL, text("password"), maybe("invitation", Endpoint.Type.TEXT));
    Stream<Member> more =
        accountFields.stream()
            .filter(name -> !name.equals("email"))
            .map(name -> maybe(name, Endpoint.Type.ANY));
    List<Member> signUp = Stream.concat(own, more).toList();
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
            MESSAGE));
  }

  private static Member text(String name) {
    return new Member(name, Endpoint.Type.TEXT, true);
  }

  private static Member maybe(String name, Endpoint.Type type) {
    return new Member(name, type, false);
  }

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

  private static Endpoint get(
      String path, String operation, String summary, Who caller, List<Member> gives) {
    return new Endpoint("get", path, operation, summary, caller, NOTHING, 200, gives);
  }

  private static Endpoint delete(String path, String operation, String summary) {
    return new Endpoint("delete", path, operation, summary, Who.SIGNED_IN, NOTHING, 204, NOTHING);
  }
}
