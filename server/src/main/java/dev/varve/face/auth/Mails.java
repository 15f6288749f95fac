package dev.varve.face.auth;

import dev.varve.identity.mail.Mail;
import dev.varve.identity.token.OpaqueToken;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/// What the mails say. Links lead to the configured origin alone, whatever a request says about the host: without
/// one, a mail carries the token for whoever built the application to make a page for.
public final class Mails {
  private final Supplier<Optional<String>> origin;

  /// @param origin such as `https://shop.example.com`
  Mails(Supplier<Optional<String>> origin) {
    this.origin = origin;
  }

  Mail signUp(String to, OpaqueToken token) {
    return new Mail(
        to,
        "Confirm your e-mail address",
        """
        Somebody, you we hope, signed up with this e-mail address. To make the account, confirm the address with the
        password that you chose:

        %s

        If it was not you, do nothing: no account is made. If the password is said to be wrong, this mail is for the
        sign-up of somebody else: sign up again, and use the mail that comes then.
        """
            .formatted(proof("/auth/verify-email", token)),
        Optional.of(token.text()));
  }

  Mail verify(String to, OpaqueToken token) {
    return new Mail(
        to,
        "Confirm your e-mail address",
        """
        An account was made with this e-mail address. If it is yours, confirm the address with its password:

        %s

        If it is not yours, do not confirm it. You can sign up with your address at any time: once you confirm that,
        the account is yours, and nobody else's.
        """
            .formatted(proof("/auth/verify-email", token)),
        Optional.of(token.text()));
  }

  Mail exists(String to) {
    return new Mail(
        to,
        "You have an account already",
        """
        Somebody, you we hope, signed up with this e-mail address, which has an account already. Sign in with it; if
        you have forgotten the password, ask for another one.

        If it was not you, there is nothing to do: nothing was changed.
        """,
        Optional.empty());
  }

  Mail reset(String to, OpaqueToken token) {
    return new Mail(
        to,
        "Choose a new password",
        """
        Somebody, you we hope, has forgotten the password of your account. To choose a new one within an hour:

        %s

        If it was not you, there is nothing to do: nothing is changed.
        """
            .formatted(proof("/auth/password/reset", token)),
        Optional.of(token.text()));
  }

  Mail passwordChanged(String to) {
    return new Mail(
        to,
        "Your password was changed",
        """
        The password of your account was changed. If it was not you, choose another at once: ask for a new password
        with this e-mail address.
        """,
        Optional.empty());
  }

  Mail passkeyAdded(String to, String name) {
    return new Mail(
        to,
        "Your account has a new passkey",
        """
        Your account has a new passkey, "%s": whoever has it can sign in with it.

        If it was not you, ask for a new password with this e-mail address, sign in, and remove the passkey.
        """
            .formatted(name),
        Optional.empty());
  }

  Mail passkeyRemoved(String to, String name) {
    return new Mail(
        to,
        "A passkey of your account was removed",
        """
        The passkey "%s" of your account was removed: nobody signs in with it any more.

        If it was not you, ask for a new password with this e-mail address at once.
        """
            .formatted(name),
        Optional.empty());
  }

  Mail passkeyCopied(String to, String name) {
    return new Mail(
        to,
        "There may be a copy of your passkey",
        """
        Somebody tried to sign in to your account with the passkey "%s", in a way that only happens when there are two of
        it. They were not let in.

        If that goes on, remove the passkey and make another.
        """
            .formatted(name),
        Optional.empty());
  }

  Mail newEmail(String to, OpaqueToken token) {
    return new Mail(
        to,
        "Confirm your new e-mail address",
        """
        An account is to have this e-mail address from now on. If that is your wish, confirm it within an hour, with the
        password of the account:

        %s

        If it is not, there is nothing to do: nothing is changed.
        """
            .formatted(proof("/auth/email/confirm", token)),
        Optional.of(token.text()));
  }

  Mail emailChanging(String to, String newEmail) {
    return new Mail(
        to,
        "Your e-mail address is about to change",
        """
        Somebody who knows your password asked that your account have the e-mail address %s from now on. It will, once
        that address is confirmed.

        If it was not you, change your password at once.
        """
            .formatted(newEmail),
        Optional.empty());
  }

  public Mail linked(String to, String provider) {
    return new Mail(
        to,
        "%s signs you in now".formatted(provider),
        """
        Your account is linked to %s: whoever signs in there as you do signs in here too.

        If it was not you, sign in, remove the link and change your password at once.
        """
            .formatted(provider),
        Optional.empty());
  }

  public Mail unlinked(String to, String provider) {
    return new Mail(
        to,
        "%s no longer signs you in".formatted(provider),
        """
        The link of your account to %s was removed: you sign in without it from now on.

        If it was not you, change your password at once.
        """
            .formatted(provider),
        Optional.empty());
  }

  /// @param path with the parameter that the token follows
  Mail signIn(String to, OpaqueToken token, String path) {
    return new Mail(
        to,
        "Sign in",
        """
        Somebody, you we hope, wants to sign in to your account. To do so within a quarter of an hour, in the browser where you asked:

        %s
        %s
        If it was not you, there is nothing to do. Give this to nobody: whoever has it signs in as you.
        """
            .formatted(
                proofBehind(path, token),
                origin.get().isPresent()
                    ? "\nIn another one, enter this there: " + token.text() + "\n"
                    : ""),
        Optional.of(token.text()));
  }

  Mail stepUp(String to, OpaqueToken token) {
    return new Mail(
        to,
        "Is it you?",
        """
        Somebody, you we hope, is signed in to your account and wants to change how it signs in. To show that it is you, enter
        this where you were asked for it, within a quarter of an hour:

        %s

        If it was not you, sign out everywhere at once. Give this to nobody.
        """
            .formatted(token.text()),
        Optional.of(token.text()));
  }

  Mail invitation(String to, OpaqueToken token) {
    return new Mail(
        to,
        "You are invited",
        """
        You are invited to sign up with this e-mail address, within seven days. Your invitation:

        %s
        """
            .formatted(token.text()),
        Optional.of(token.text()));
  }

  private String proof(String path, OpaqueToken token) {
    return proofBehind(path + "?token=", token);
  }

  private String proofBehind(String path, OpaqueToken token) {
    return origin
        .get()
        .map(known -> known + path + URLEncoder.encode(token.text(), StandardCharsets.UTF_8))
        .orElseGet(token::text);
  }
}
