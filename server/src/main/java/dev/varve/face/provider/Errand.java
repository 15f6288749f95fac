package dev.varve.face.provider;

import java.util.LinkedHashMap;
import java.util.Map;

/// What somebody goes to a provider for.
///
/// @param provider its name: the trip is to end where it was to lead
/// @param again whether the provider is to ask who it is, even if it knows
record Errand(String provider, Goal goal, Purpose purpose, boolean again) {
  private static final String ACCOUNT = "account";
  private static final String SESSION = "session";
  private static final String LINKS = "links";

  sealed interface Purpose {
    /// Whether it is that of an account in a session of its own.
    boolean isOf(String account, String session);
  }

  record SignIn() implements Purpose {
    @Override
    public boolean isOf(String account, String session) {
      return false;
    }
  }

  /// An account that is signed in wants to be linked to what comes back.
  ///
  /// @param session in which it asked for the link
  /// @param links which links it had then
  record Linking(String account, String session, String links) implements Purpose {
    @Override
    public boolean isOf(String other, String otherSession) {
      return account.equals(other) && session.equals(otherSession);
    }
  }

  /// An account that is signed in proves once more who it is.
  ///
  /// @param session in which that is to count
  record Proving(String account, String session) implements Purpose {
    @Override
    public boolean isOf(String other, String otherSession) {
      return account.equals(other) && session.equals(otherSession);
    }
  }

  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>(goal.members());
    members.put("provider", provider);
    members.put("again", again);
    switch (purpose) {
      case SignIn() -> {}
      case Linking(String account, String session, String links) -> {
        members.put(ACCOUNT, account);
        members.put(SESSION, session);
        members.put(LINKS, links);
      }
      case Proving(String account, String session) -> {
        members.put(ACCOUNT, account);
        members.put(SESSION, session);
      }
    }
    return members;
  }

  static Errand read(Map<String, Object> members) {
    return new Errand(
        String.valueOf(members.get("provider")),
        Goal.read(members),
        purpose(members),
        Boolean.TRUE.equals(members.get("again")));
  }

  private static Purpose purpose(Map<String, Object> members) {
    if (!members.containsKey(SESSION)) {
      return new SignIn();
    }
    String account = String.valueOf(members.get(ACCOUNT));
    String session = String.valueOf(members.get(SESSION));
    return members.containsKey(LINKS)
        ? new Linking(account, session, String.valueOf(members.get(LINKS)))
        : new Proving(account, session);
  }
}
