package dev.varve.face.provider;

import dev.varve.face.oauth.SignInElsewhere;
import dev.varve.identity.client.RedirectUri;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Route.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Where a browser goes on when it is back from a provider.
sealed interface Goal {
  /// The members of one, in a query or a body.
  List<Member> MEMBERS =
      List.of(Member.text("returnTo"), Member.text("challenge"), Member.text("state").optional());

  /// Where it goes on with these parameters.
  String address(Map<String, String> parameters);

  /// What is kept of it.
  Map<String, Object> members();

  /// The origin of where it goes on, as a content security policy names it; nothing when it is here.
  Optional<String> source();

  /// A flow of another application, in the same browser.
  ///
  /// @param id of the flow
  record Flow(String id) implements Goal {
    @Override
    public String address(Map<String, String> parameters) {
      return SignInElsewhere.back(id, parameters);
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("flow", id);
    }

    @Override
    public Optional<String> source() {
      return Optional.empty();
    }
  }

  /// A page of the application that Varve serves.
  ///
  /// @param returnTo its address, whose origin the settings name
  /// @param challenge the SHA-256 of what it keeps (RFC 7636, section 4.2)
  /// @param state what it gets back as it is
  record Page(String returnTo, String challenge, Optional<String> state) implements Goal {
    @Override
    public String address(Map<String, String> parameters) {
      Map<String, String> all = new LinkedHashMap<>(parameters);
      state.ifPresent(text -> all.put("state", text));
      return SignInElsewhere.located(returnTo, all);
    }

    @Override
    public Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("returnTo", returnTo);
      members.put("challenge", challenge);
      state.ifPresent(text -> members.put("state", text));
      return members;
    }

    @Override
    public Optional<String> source() {
      return Optional.of(RedirectUri.source(returnTo));
    }
  }

  static Goal read(Map<String, Object> members) {
    return members.get("flow") instanceof String flow
        ? new Flow(flow)
        : new Page(
            String.valueOf(members.get("returnTo")),
            String.valueOf(members.get("challenge")),
            Optional.ofNullable((String) members.get("state")));
  }

  /// Reads goals, and refuses those to which nobody should be sent.
  ///
  /// @param origins of pages to which browsers are sent back
  record Reader(Supplier<Set<String>> origins) {
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Pattern FLOW = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Pattern STATE = Pattern.compile("[ -~]{1,500}");

    /// Takes the wrong parameters.
    @FunctionalInterface
    interface Wrong {
      void of(String member, String message);
    }

    static Optional<Goal> flow(QueryString query) {
      return query.value("flow").filter(id -> FLOW.matcher(id).matches()).map(Flow::new);
    }

    Page page(String returnTo, String challenge, Optional<String> state, Wrong wrong) {
      Optional<String> unusable = RedirectUri.wrong(returnTo);
      if (unusable.isPresent()) {
        wrong.of("returnTo", "is no address to come back to: " + unusable.get());
      } else if (!origins.get().contains(RedirectUri.source(returnTo))) {
        wrong.of(
            "returnTo",
            "leads to '%s', and auth.returnOrigins does not name it"
                .formatted(RedirectUri.source(returnTo)));
      }
      if (!CHALLENGE.matcher(challenge).matches()) {
        wrong.of(
            "challenge",
            "must be the SHA-256 of a random text that you keep, in base64url: 43 characters");
      }
      if (state.isPresent() && !STATE.matcher(state.get()).matches()) {
        wrong.of("state", "must have 1 to 500 printable ASCII characters");
      }
      return new Page(returnTo, challenge, state);
    }
  }
}
