package dev.varve.lane.access;

import java.nio.charset.StandardCharsets;

/// Whether, and by what, answers differ from caller to caller.
///
/// @param roles tells apart callers by roles; empty when they all see the same
/// @param account whether two accounts of the same roles may see other things
public record AnswerScope(String roles, boolean account) {
  /// Everybody sees the same.
  public static final AnswerScope EVERYBODY = new AnswerScope("", false);

  /// Whether answers differ at all.
  public boolean differs() {
    return !roles.isEmpty();
  }

  /// The two together: what differs by one of them differs.
  public AnswerScope and(AnswerScope other) {
    return new AnswerScope(roles.isEmpty() ? other.roles : roles, account || other.account);
  }

  /// A few letters and digits, the same for callers who see the same; empty when they all do.
  public String of(Caller caller) {
    if (!account || caller.account().isEmpty()) {
      return roles;
    }
    String who = caller.account().get().id() + "@" + caller.account().get().version();
    return hex(hash((roles + who).getBytes(StandardCharsets.UTF_8)));
  }

  /// FNV-1a: quick, and nothing secret hangs on it.
  static long hash(byte[] bytes) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : bytes) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  static String hex(long hash) {
    return Long.toHexString(hash);
  }
}
