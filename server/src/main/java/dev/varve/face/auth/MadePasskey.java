package dev.varve.face.auth;

import dev.varve.identity.passkey.NewPasskey;
import dev.varve.identity.passkey.Passkey;
import dev.varve.identity.passkey.PasskeyRefusal;
import dev.varve.identity.passkey.RelyingParty;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/// A passkey that a browser makes, for an account that is there or for one to come: what it is asked for, and what it answers.
final class MadePasskey {
  /// What the browser is asked for.
  static final List<Member> ASKED =
      List.of(
          Member.of("rp", new Route.Type.AnyObject()),
          Member.of("user", new Route.Type.AnyObject()),
          Member.text("challenge"),
          Member.of("pubKeyCredParams", new Route.Type.Objects(List.of())),
          Member.of("timeout", new Route.Type.Count()),
          Member.of("excludeCredentials", new Route.Type.Objects(List.of())),
          Member.of("authenticatorSelection", new Route.Type.AnyObject()),
          Member.text("attestation"),
          Member.of("extensions", new Route.Type.AnyObject()));

  static final Member ANSWERED = Member.of(PasskeyProof.CREDENTIAL, new Route.Type.AnyObject());

  private MadePasskey() {}

  /// @throws Problem VALIDATION_ERROR when it is nothing that a browser answers
  static NewPasskey read(String json) {
    try {
      return NewPasskey.read(json);
    } catch (PasskeyRefusal refusal) {
      throw refused(refusal);
    }
  }

  static Passkey verify(
      NewPasskey registration,
      RelyingParty party,
      NewPasskey.Manner manner,
      NewPasskey.Owner owner) {
    try {
      return registration.verify(party, manner, owner);
    } catch (PasskeyRefusal refusal) {
      throw refused(refusal);
    }
  }

  static Problem refused(PasskeyRefusal refusal) {
    return Problem.invalid(PasskeyProof.CREDENTIAL, refusal.text());
  }

  /// Taken from its device when nobody gives one: what a list shows has to differ.
  static String standardName(Instant at) {
    return "Passkey of " + DateTimeFormatter.ISO_LOCAL_DATE.format(at.atZone(ZoneOffset.UTC));
  }
}
