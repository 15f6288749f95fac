package dev.varve.identity.account;

import dev.varve.settings.Setting;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/// Second factors; section `auth.factors` of `varve.yaml`.
public record FactorSettings(
    @Setting(
            standard = "OPTIONAL",
            says =
                "Which accounts must have a second factor: OPTIONAL is none, REQUIRED all, REQUIRED_FOR those with one of auth.factors.roles. Who has one is asked for it in each case.")
        FactorPolicy policy,
    @Setting(
            max = 100,
            says = "The roles of accounts that must have a second factor, with REQUIRED_FOR.")
        List<String> roles,
    @Setting(
            standard = "30d",
            max = 365 * 24 * 60 * 60L,
            says =
                "How long a browser is not asked for the second factor again once somebody has said so there. 0s asks each time.")
        Duration trust) {
  public static final FactorSettings DEFAULT =
      new FactorSettings(FactorPolicy.OPTIONAL, List.of(), Duration.ofDays(30));

  public FactorSettings {
    roles = List.copyOf(roles);
    if ((policy == FactorPolicy.REQUIRED_FOR) == roles.isEmpty()) {
      throw new IllegalArgumentException(
          policy == FactorPolicy.REQUIRED_FOR
              ? "auth.factors.policy is REQUIRED_FOR, and auth.factors.roles names none: name some, or take REQUIRED"
              : "auth.factors.roles is for the policy REQUIRED_FOR: set auth.factors.policy to that, or leave the roles out");
    }
  }

  /// Whether an account with these roles must have a second factor.
  boolean requires(Collection<String> of) {
    return switch (policy) {
      case OPTIONAL -> false;
      case REQUIRED -> true;
      case REQUIRED_FOR -> !Collections.disjoint(roles, of);
    };
  }

  /// Whether browsers may be trusted.
  public boolean trusts() {
    return !trust.isZero();
  }
}
