package dev.varve.face.auth;

import dev.varve.identity.account.SingleUse;
import dev.varve.identity.account.SingleUse.Kind;
import dev.varve.identity.account.SingleUse.Use;
import dev.varve.identity.passkey.Ceremony;
import dev.varve.identity.passkey.RelyingParty;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;

/// Challenges for passkeys: each is good once, for five minutes, and for what stands on the server beside it.
final class PasskeyCeremonies {
  private final SingleUse single;
  private final Supplier<Optional<RelyingParty>> party;

  /// @param party for whom passkeys are made, once the address of the server is known
  PasskeyCeremonies(SingleUse single, Supplier<Optional<RelyingParty>> party) {
    this.single = single;
    this.party = party;
  }

  Optional<RelyingParty> known() {
    return party.get();
  }

  /// @throws Problem FORBIDDEN where there can be no passkeys
  RelyingParty party() {
    return party
        .get()
        .orElseThrow(() ->
            new Problem(
                ErrorCode.FORBIDDEN,
                "Passkeys are made for a domain, and this server is reached by a number: whoever runs it can set auth.origin or auth.passkeys.rpId"));
  }

  OpaqueToken begin(WriteContext write, Ceremony ceremony) throws SQLException {
    return single.issue(write, Kind.PASSKEY, ceremony.members());
  }

  /// What a challenge was made for, if it is good. It is used up, whatever comes of it.
  Optional<Ceremony> use(WriteContext write, String challenge) throws SQLException {
    return single.use(write, Kind.PASSKEY, challenge) instanceof Use.First first
        ? Optional.of(Ceremony.read(first.content()))
        : Optional.empty();
  }
}
