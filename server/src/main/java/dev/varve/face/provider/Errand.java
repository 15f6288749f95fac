package dev.varve.face.provider;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What somebody goes to a provider for.
///
/// @param provider its name: the trip is to end where it was to lead
/// @param linking the account that they want to link to it; nothing when they want to sign in
/// @param again whether the provider is to ask who it is, even if it knows
record Errand(String provider, Goal goal, Optional<Linking> linking, boolean again) {
  /// An account that is signed in.
  ///
  /// @param session in which it asked for the link
  /// @param links which links it had then
  record Linking(String account, String session, String links) {}

  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>(goal.members());
    members.put("provider", provider);
    members.put("again", again);
    linking.ifPresent(known -> {
      members.put("account", known.account());
      members.put("session", known.session());
      members.put("links", known.links());
    });
    return members;
  }

  static Errand read(Map<String, Object> members) {
    Optional<Linking> linking =
        members.containsKey("session")
            ? Optional.of(
                new Linking(
                    String.valueOf(members.get("account")),
                    String.valueOf(members.get("session")),
                    String.valueOf(members.get("links"))))
            : Optional.empty();
    return new Errand(
        String.valueOf(members.get("provider")),
        Goal.read(members),
        linking,
        Boolean.TRUE.equals(members.get("again")));
  }
}
