package dev.varve.identity.passkey;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a challenge was made for. It stands on the server beside the challenge, which is good once: an answer counts for this
/// alone, whatever it says.
///
/// @param bound what it belongs to beside the account: a session, a ticket, the page of an application; empty when that is nothing
/// @param account whose passkey is made or asked for; empty when nobody is known yet
/// @param conditional whether a passkey is made without asking, by a browser that has just filled in a password: nobody need have
///     been there for it (WebAuthn, section 7.1, step 15)
/// @param rest what else waits for the answer, as plain JSON values
public record Ceremony(
    Purpose purpose, String bound, String account, boolean conditional, Map<String, Object> rest) {
  public Ceremony {
    rest = Map.copyOf(rest);
  }

  public enum Purpose {
    /// Gives an account one more passkey.
    ENROL,
    /// Makes an account.
    SIGN_UP,
    /// Proves that whoever reads the mailbox of a sign-up has made its passkey.
    CONFIRM,
    /// Signs in without a password.
    SIGN_IN,
    /// Proves something more, of an account that has proven something.
    FACTOR
  }

  public static Ceremony of(Purpose purpose, String bound, String account) {
    return new Ceremony(purpose, bound, account, false, Map.of());
  }

  public static Ceremony ofNobody(Purpose purpose, String bound) {
    return of(purpose, bound, "");
  }

  public boolean isFor(Purpose wanted, String what, String whom) {
    return purpose == wanted && bound.equals(what) && account.equals(whom);
  }

  /// As plain JSON values.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("purpose", purpose.name());
    members.put("bound", bound);
    members.put("account", account);
    members.put("conditional", conditional);
    members.put("rest", rest);
    return members;
  }

  /// @param members those of [#members()]
  public static Ceremony read(Map<String, Object> members) {
    Map<String, Object> rest = new LinkedHashMap<>();
    if (members.get("rest") instanceof Map<?, ?> given) {
      given.forEach((name, value) -> {
        if (value != null) {
          rest.put(String.valueOf(name), value);
        }
      });
    }
    return new Ceremony(
        Purpose.valueOf(String.valueOf(members.get("purpose"))),
        String.valueOf(members.get("bound")),
        String.valueOf(members.get("account")),
        Boolean.TRUE.equals(members.get("conditional")),
        rest);
  }
}
