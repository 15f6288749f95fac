package dev.varve.kernel;

import java.util.List;
import java.util.Optional;

/// What is wrong with the proof of a key that came with a request, and what the next one takes (RFC 9449, section 7.1).
///
/// @param error `invalid_dpop_proof` or `use_dpop_nonce`
/// @param algorithms with which proofs may be signed
/// @param nonce that the next one names; nothing when that was not what was wrong
public record KeyChallenge(String error, List<String> algorithms, Optional<String> nonce) {
  public KeyChallenge {
    algorithms = List.copyOf(algorithms);
  }
}
