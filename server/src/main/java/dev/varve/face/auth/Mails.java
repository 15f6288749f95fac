package dev.varve.face.auth;

import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.mail.Mail;
import dev.varve.identity.token.OpaqueToken;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// The mails that accounts get. What they say stands beside what pages say, in each language ([Texts]). Links lead to the configured origin
/// alone, whatever a request says about the host: without one, a mail carries the token for whoever built the application to make a page for.
public final class Mails {
  private final Languages languages;
  private final Supplier<Optional<String>> origin;

  /// @param origin such as `https://shop.example.com`
  Mails(Languages languages, Supplier<Optional<String>> origin) {
    this.languages = languages;
    this.origin = origin;
  }

  /// A letter as it is sent.
  Mail written(Letter letter, Locale language) {
    return letter.in(languages.of(language));
  }

  Letter signUp(String to, OpaqueToken token) {
    return proof(to, "signUp", "/auth/verify-email", token, Purpose.SIGN_UP);
  }

  Letter verify(String to, OpaqueToken token) {
    return proof(to, "verify", "/auth/verify-email", token, Purpose.VERIFY);
  }

  Letter exists(String to) {
    return Letter.of(to, "exists");
  }

  Letter reset(String to, OpaqueToken token) {
    return proof(to, "reset", "/auth/password/reset", token, Purpose.RESET);
  }

  Letter passwordChanged(String to) {
    return Letter.of(to, "passwordChanged");
  }

  Letter passkeyAdded(String to, String name) {
    return Letter.of(to, "passkeyAdded", name);
  }

  Letter passkeyRemoved(String to, String name) {
    return Letter.of(to, "passkeyRemoved", name);
  }

  Letter passkeyCopied(String to, String name) {
    return Letter.of(to, "passkeyCopied", name);
  }

  Letter newEmail(String to, OpaqueToken token) {
    return proof(to, "newEmail", "/auth/email/confirm", token, Purpose.EMAIL);
  }

  Letter emailChanging(String to, String newEmail) {
    return Letter.of(to, "emailChanging", newEmail);
  }

  public Letter linked(String to, String provider) {
    return Letter.of(to, "linked", provider);
  }

  public Letter unlinked(String to, String provider) {
    return Letter.of(to, "unlinked", provider);
  }

  /// @param path with the parameter that the token follows
  Letter signIn(String to, OpaqueToken token, String path) {
    String key = origin.get().isPresent() ? "signIn" : "signInCode";
    return Letter.of(to, key, behind(path, token), token.text())
        .with(token.text(), Purpose.SIGN_IN);
  }

  Letter stepUp(String to, OpaqueToken token) {
    return Letter.of(to, "stepUp", token.text()).with(token.text(), Purpose.STEP_UP);
  }

  Letter invitation(String to, OpaqueToken token) {
    return Letter.of(to, "invitation", token.text()).with(token.text(), Purpose.INVITATION);
  }

  private Letter proof(String to, String key, String path, OpaqueToken token, Purpose purpose) {
    return Letter.of(to, key, behind(path + "?token=", token)).with(token.text(), purpose);
  }

  private String behind(String path, OpaqueToken token) {
    return origin
        .get()
        .map(known -> known + path + URLEncoder.encode(token.text(), StandardCharsets.UTF_8))
        .orElseGet(token::text);
  }
}
