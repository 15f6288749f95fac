package dev.varve.lane.access;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/// What rules can tell about callers without looking at a record: how they are known, and their roles.
record CallerRoles(Caller.Kind kind, Set<String> roles) {
  static final CallerRoles ANONYMOUS = new CallerRoles(Caller.Kind.ANONYMOUS, Set.of());

  static CallerRoles of(Caller caller) {
    return new CallerRoles(caller.kind(), caller.roles());
  }

  boolean known() {
    return kind != Caller.Kind.ANONYMOUS;
  }

  boolean hasAccount() {
    return kind == Caller.Kind.ACCOUNT;
  }

  boolean hasOneOf(Set<String> wanted) {
    return roles.stream().anyMatch(wanted::contains);
  }

  /// Tells callers with other roles apart.
  String mark() {
    String text = kind + ":" + String.join(",", new TreeSet<>(roles));
    return AnswerScope.hex(AnswerScope.hash(text.getBytes(StandardCharsets.UTF_8)));
  }
}
