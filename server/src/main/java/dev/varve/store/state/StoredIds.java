package dev.varve.store.state;

import java.util.List;
import java.util.stream.Collectors;

/// How a refusal names the stored records that stand in the way.
final class StoredIds {
  /// Some show what is wrong; all of them help nobody.
  static final int NAMED_MAX = 5;

  private StoredIds() {}

  /// @param ids of which there may be one more than are named
  static String named(List<String> ids) {
    String named =
        ids.stream().limit(NAMED_MAX).map("'%s'"::formatted).collect(Collectors.joining(", "));
    return ids.size() > NAMED_MAX ? named + ", …" : named;
  }
}
