package dev.varve.net.certificate;

import dev.varve.kernel.Lazy;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.exception.AcmeException;

/// Asks an authority for a certificate (RFC 8555, section 7.1): account, order, a challenge for each name, certificate.
record AcmeClient(AcmeSettings settings, AcmeFolder folder, AcmeChallenges challenges) {
  private static final Duration REQUEST_MAX = Duration.ofSeconds(30);
  // authorities look from many places, one after the other; most are done in seconds
  private static final Duration STEP_MAX = Duration.ofMinutes(2);
  private static final int RSA_BITS = 2_048;
  // what is proven stands in an extension of the certificate and not in its key (RFC 8737, section
  // 3): one key does for all
  private static final Lazy<KeyPair> CHALLENGE_KEYS = new Lazy<>(AcmeClient::rsaKeys);

  /// A new certificate with a new key.
  ///
  /// @param failures so far: each time another kind of challenge is tried first
  ServerCertificate order(int failures) throws AcmeException, IOException, InterruptedException {
    Session session = new Session(settings.directory());
    session.networkSettings().setTimeout(REQUEST_MAX);
    try {
      Login login = login(session);
      Order order = login.newOrder().domains(settings.domains()).create();
      for (Authorization authorization : order.getAuthorizations()) {
        if (authorization.getStatus() != Status.VALID) {
          prove(authorization, failures);
        }
      }
      return finish(order);
    } finally {
      session.getHttpClient().shutdownNow();
    }
  }

  private Login login(Session session) throws AcmeException, IOException {
    AccountBuilder account =
        new AccountBuilder().agreeToTermsOfService().useKeyPair(folder.accountKeys());
    if (!settings.email().isEmpty()) {
      account.addEmail(settings.email());
    }
    // the authority finds the account that it has for a key (section 7.3.1)
    return account.createLogin(session);
  }

  private ServerCertificate finish(Order order)
      throws AcmeException, IOException, InterruptedException {
    order.waitUntilReady(STEP_MAX);
    KeyPair keys = AcmeFolder.newKeys();
    order.execute(keys);
    if (order.waitForCompletion(STEP_MAX) != Status.VALID) {
      throw new AcmeException(
          "The authority refused the order" + order.getError().map(AcmeClient::told).orElse(""));
    }
    return new ServerCertificate(order.getCertificate().getCertificateChain(), keys.getPrivate());
  }

  private void prove(Authorization authorization, int failures)
      throws AcmeException, InterruptedException {
    Challenge challenge = chosen(authorization, failures);
    String domain = authorization.getIdentifier().getDomain();
    try (AcmeChallenges.Shown _ = show(challenge, authorization)) {
      challenge.trigger();
      if (challenge.waitForCompletion(STEP_MAX) != Status.VALID) {
        throw new AcmeException(
            "The authority does not find this server under %s by %s%s"
                .formatted(
                    domain,
                    challenge.getType(),
                    challenge.getError().map(AcmeClient::told).orElse("")));
      }
    }
  }

  /// The handshake, for which port 443 is enough; then the plain request to port 80.
  private static Challenge chosen(Authorization authorization, int failures) throws AcmeException {
    List<Challenge> known = new ArrayList<>();
    authorization.findChallenge(TlsAlpn01Challenge.class).ifPresent(known::add);
    authorization.findChallenge(Http01Challenge.class).ifPresent(known::add);
    if (known.isEmpty()) {
      throw new AcmeException(
          "The authority offers neither tls-alpn-01 nor http-01 for "
              + authorization.getIdentifier().getDomain());
    }
    return known.get(failures % known.size());
  }

  private AcmeChallenges.Shown show(Challenge challenge, Authorization authorization) {
    if (challenge instanceof TlsAlpn01Challenge tls) {
      KeyPair keys = CHALLENGE_KEYS.get();
      return challenges.show(
          authorization.getIdentifier().getDomain(),
          new ServerCertificate(
              List.of(tls.createCertificate(keys, authorization.getIdentifier())),
              keys.getPrivate()));
    }
    Http01Challenge http = (Http01Challenge) challenge;
    return challenges.show(http.getToken(), http.getAuthorization());
  }

  /// acme4j signs the certificate that it is shown with RSA alone.
  private static KeyPair rsaKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(RSA_BITS);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has RSA", e);
    }
  }

  private static String told(Problem problem) {
    return ": " + problem.getDetail().orElse(String.valueOf(problem.getType()));
  }
}
