package dev.varve.schema;

import java.util.Set;
import java.util.TreeSet;

/// What an application may be given (RFC 6749, section 3.3). Beside these names, which mean the same everywhere, there are
/// those that rules of the schema ask for ([AuthRule.Allow.Scope]).
public final class Scopes {
  /// Asks who somebody is (OpenID Connect Core 1.0, section 3.1.2.1).
  public static final String OPENID = "openid";

  /// Their name and what else the account says of them (section 5.4).
  public static final String PROFILE = "profile";

  /// Their e-mail address, and whether it is confirmed (section 5.4).
  public static final String EMAIL = "email";

  /// To stay signed in when the browser has signed out (section 11).
  public static final String OFFLINE_ACCESS = "offline_access";

  /// All that the account may. Whoever gives it to an application trusts it as they trust the API itself.
  public static final String API = "api";

  /// The scopes that no rule asks for.
  public static final Set<String> OWN = Set.of(OPENID, PROFILE, EMAIL, OFFLINE_ACCESS, API);

  private Scopes() {}

  /// The scopes that rules of a schema ask for, in alphabetical order.
  public static Set<String> of(Schema schema) {
    Set<String> names = new TreeSet<>();
    for (Model model : schema.models()) {
      add(names, model.rules());
      model.fields().forEach(field -> field.rules().ifPresent(rules -> add(names, rules)));
      model.hasMany().forEach(many -> many.rules().ifPresent(rules -> add(names, rules)));
    }
    return names;
  }

  private static void add(Set<String> names, Iterable<AuthRule> rules) {
    for (AuthRule rule : rules) {
      if (rule.allow() instanceof AuthRule.Allow.Scope scope) {
        names.addAll(scope.names());
      }
    }
  }
}
