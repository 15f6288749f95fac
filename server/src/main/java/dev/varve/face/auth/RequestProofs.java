package dev.varve.face.auth;

import dev.varve.identity.token.KeyProofs;
import dev.varve.net.http.Request;
import java.util.Optional;

/// Finds the proof of a key (DPoP, RFC 9449) that came with a request, and looks at it.
public final class RequestProofs {
  private final KeyProofs proofs;

  RequestProofs(KeyProofs proofs) {
    this.proofs = proofs;
  }

  /// The proof of the key that a request proves, which is not used yet; nothing when it proves none.
  ///
  /// @throws dev.varve.kernel.Problem UNAUTHENTICATED with a challenge when its proof is not good
  public Optional<KeyProofs.Good> look(Request request) {
    return request
        .header(KeyProofs.HEADER)
        .map(proof -> proofs.look(proof, sent(request), Optional.empty()));
  }

  /// Uses a proof, once it is known who sends it: nobody else fills what is known of proofs.
  ///
  /// @return the thumbprint of its key
  /// @throws dev.varve.kernel.Problem UNAUTHENTICATED with a challenge when it has been used before
  public Optional<String> use(Optional<KeyProofs.Good> proof) {
    proof.ifPresent(proofs::use);
    return proof.map(KeyProofs.Good::thumbprint);
  }

  /// Whether a request proves the key of its token.
  ///
  /// @param token that is good with that key alone
  /// @throws dev.varve.kernel.Problem UNAUTHENTICATED with a challenge when it does not
  void require(Request request, String token, String key) {
    String proof =
        request
            .header(KeyProofs.HEADER)
            .orElseThrow(() ->
                KeyProofs.missing(
                    "The access token is good with the proof of its key alone: send one in the header DPoP"));
    if (!proofs.verify(proof, sent(request), Optional.of(token)).equals(key)) {
      throw KeyProofs.missing(
          "The proof of the key (DPoP) is of another key than that of the access token");
    }
  }

  /// The nonce that proofs take now.
  public String nonce() {
    return proofs.nonce();
  }

  private static KeyProofs.Sent sent(Request request) {
    return new KeyProofs.Sent(request.method(), request.origin(), request.path());
  }
}
