package dev.varve.face.auth;

import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.factor.RecoveryCodes;
import dev.varve.identity.factor.Totps;
import dev.varve.identity.factor.TrustedDevices;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.SqlValues;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.bouncycastle.util.encoders.Base32;

/// Giving an account an authenticator application: a secret is shown, and counts once the application shows the right code for it.
public final class TotpEnrolment {
  static final String NAME_STANDARD = "Authenticator";

  private final AccountContext context;
  private final FailedAttempts failures;
  private final Totps totps;
  private final RecoveryCodes recoveryCodes;
  private final Supplier<String> service;

  /// @param service what applications show the account under, such as a host
  TotpEnrolment(
      AccountContext context,
      FailedAttempts failures,
      Totps totps,
      RecoveryCodes recoveryCodes,
      Supplier<String> service) {
    this.context = context;
    this.failures = failures;
    this.totps = totps;
    this.recoveryCodes = recoveryCodes;
    this.service = service;
  }

  /// What is shown of a secret, this once.
  ///
  /// @param enrolment confirms it, together with a code
  /// @param secret to be typed where there is no camera, in base 32 (RFC 4648, section 6)
  /// @param uri the same for applications
  /// @param picture the same for their cameras, as SVG
  public record Begun(
      OpaqueToken enrolment, String secret, String uri, String picture, Instant expiresAt) {}

  /// Makes a secret for an account.
  ///
  /// @param bound what only whoever confirms it has, such as the id of their session
  public Begun begin(WriteContext write, Entity account, String bound) throws SQLException {
    Totps.Secret secret = totps.begin(account.id());
    Instant expiresAt = write.at().plus(SingleUse.Kind.TOTP_ENROLMENT.lifetime());
    OpaqueToken enrolment =
        context
            .tokens()
            .single()
            .issue(
                write,
                SingleUse.Kind.TOTP_ENROLMENT,
                Map.of(
                    "account",
                    account.id(),
                    "bound",
                    bound,
                    "secret",
                    Base64.getEncoder().encodeToString(secret.sealed()),
                    "expiresAt",
                    SqlValues.micros(expiresAt)));
    return shown(account, enrolment, secret.plain(), expiresAt);
  }

  /// Shows once more what was shown before, as long as it can be confirmed.
  Optional<Begun> again(WriteContext write, Entity account, String bound, String enrolment)
      throws SQLException {
    Optional<Kept> kept = begun(write, account, bound, enrolment);
    return kept.flatMap(found -> totps.reveal(found.sealed(), account.id()))
        .map(plain ->
            shown(account, new OpaqueToken(enrolment), plain, kept.orElseThrow().expiresAt()));
  }

  private Begun shown(Entity account, OpaqueToken enrolment, byte[] secret, Instant expiresAt) {
    String text = Base32.toBase32String(secret).replace("=", "");
    String uri = uri(context.accounts().email(account), text);
    return new Begun(enrolment, text, uri, QrImage.svg(uri), expiresAt);
  }

  /// What is kept of a secret that was shown.
  private record Kept(byte[] sealed, Instant expiresAt) {}

  /// The sealed secret that was shown to whoever has what it is bound to.
  private static Optional<Kept> begun(
      WriteContext write, Entity account, String bound, String enrolment) throws SQLException {
    return SingleUse.find(write, SingleUse.Kind.TOTP_ENROLMENT, enrolment)
        .filter(content ->
            account.id().equals(content.get("account")) && bound.equals(content.get("bound")))
        .map(content ->
            new Kept(
                Base64.getDecoder().decode(String.valueOf(content.get("secret"))),
                SqlValues.instant((Long) Objects.requireNonNull(content.get("expiresAt")))));
  }

  /// The form that applications agree on (Key URI Format of Google Authenticator).
  private String uri(String email, String secret) {
    String issuer = encoded(service.get());
    return "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=30"
        .formatted(issuer, encoded(email), secret, issuer);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// What came of a confirmation.
  public sealed interface Confirmed {
    /// @param recoveryCodes of an account that had no second factor before; none of others
    record Done(String id, List<String> recoveryCodes) implements Confirmed {}

    record Refused(Problem problem) implements Confirmed {}
  }

  /// Gives the account the application. A wrong code is counted, and leaves the secret as it is.
  ///
  /// @param name what its owner calls it
  /// @throws Problem TOO_MANY_REQUESTS, or CONFLICT when the account has enough of them
  public Confirmed confirm(
      WriteContext write,
      Entity account,
      String bound,
      String enrolment,
      String code,
      String name,
      RequestSource source)
      throws SQLException {
    Optional<Kept> kept = begun(write, account, bound, enrolment);
    if (kept.isEmpty()) {
      return new Confirmed.Refused(
          Problem.invalid("enrolment", "is not good any more: begin again"));
    }
    String email = context.accounts().email(account);
    Attempt attempt = context.attempts().countFactor(write, account.id(), email, source);
    boolean first = Factors.of(write.session(), account.id()).isEmpty();
    String id = context.stages().ids().get();
    if (!totps.confirm(write, id, account.id(), name, kept.get().sealed(), code)) {
      failures.record(
          write, Kind.PROOF_FAILED, attempt, Optional.of(account.id()), "factor-enrolment");
      return new Confirmed.Refused(
          Problem.invalid(
              CodeProof.CODE,
              "is wrong: take the one that the application shows now, and look whether the clock of its device is right"));
    }
    context.attempts().succeeded(write, attempt);
    context.tokens().single().use(write, SingleUse.Kind.TOTP_ENROLMENT, enrolment);
    TrustedDevices.endAll(write, account.id());
    context
        .events()
        .record(
            write,
            Event.of(Kind.FACTOR_ADDED, account.id(), email, source)
                .with("factor", id)
                .with("name", name));
    return new Confirmed.Done(id, first ? recoveryCodes.make(write, account.id()) : List.of());
  }
}
