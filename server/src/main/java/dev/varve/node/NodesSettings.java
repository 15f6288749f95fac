package dev.varve.node;

import dev.varve.identity.token.Secrets;
import dev.varve.net.limit.SharedBuckets;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import dev.varve.telemetry.Metrics;
import io.lettuce.core.RedisURI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How many processes on one database go together, and what they share beside it; section `nodes` of `varve.yaml`.
public record NodesSettings(
    @Setting(
            standard = "",
            says =
                "What this node is called where nodes are listed, such as the name of its machine. Give it by the environment variable VARVE_NODES_NAME where all nodes have the same file.")
        String name,
    @Setting(
            standard = "200ms",
            max = 10,
            says =
                "How often a node looks at what others have written, also when it hears of nothing. At least 20ms.")
        Duration lookTime,
    @Setting(
            standard = "1s",
            min = 1,
            max = 60,
            says =
                "For how long after a look a node believes what it has in memory, such as that a session is open; then it asks the database. At least three times nodes.lookTime.")
        Duration believedTime,
    @Setting(
            standard = "",
            says =
                "A server of Valkey or Redis where the nodes count rate limits together, such as redis://10.0.0.5:6379/0, or rediss:// for TLS; nothing for each node on its own. Its password is the environment variable VARVE_NODES_PASSWORD.")
        String valkey,
    @Setting(
            standard = "",
            says = "The user there (its ACL knows them), where it is not the default one.")
        String valkeyUser) {
  // in this order: the default is checked, too
  private static final Duration LOOK_MIN = Duration.ofMillis(20);
  // of a line that people read
  private static final int NAME_LENGTH_MAX = 64;

  public static final NodesSettings DEFAULT =
      new NodesSettings("", Duration.ofMillis(200), Duration.ofSeconds(1), "", "");

  public NodesSettings {
    if (name.length() > NAME_LENGTH_MAX) {
      throw new WrongSetting(
          "name", "is longer than %d characters. Give a shorter one".formatted(NAME_LENGTH_MAX));
    }
    if (lookTime.compareTo(LOOK_MIN) < 0) {
      throw new WrongSetting(
          "lookTime", "is shorter than 20ms: the database would do little else. Give 20ms or more");
    }
    if (believedTime.compareTo(lookTime.multipliedBy(3)) < 0) {
      throw new WrongSetting(
          "believedTime",
          "is shorter than three times nodes.lookTime, so that nothing in memory would be of use. Give a longer one, or look more often");
    }
    if (!valkey.isEmpty()) {
      requireAddress(valkey);
    } else if (!valkeyUser.isEmpty()) {
      throw new WrongSetting("valkeyUser", "is for nodes.valkey, which is not set: set it, too");
    }
  }

  private static void requireAddress(String address) {
    if (address.contains("@")) {
      throw new WrongSetting(
          "valkey",
          "has a user or a password in it. Set nodes.valkeyUser, and the environment variable "
              + Secrets.NODES);
    }
    if (!address.matches(
        "rediss?://([A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?(/[0-9]{0,5})?")) {
      throw new WrongSetting(
          "valkey",
          "is '%s': give an address such as redis://10.0.0.5:6379/0, or rediss:// for TLS"
              .formatted(address));
    }
    try {
      RedisURI.create(address);
    } catch (IllegalArgumentException e) {
      throw new WrongSetting("valkey", "is '%s': %s".formatted(address, e.getMessage()));
    }
  }

  /// The store that nodes share, if they do.
  ///
  /// @param environment where the password comes from
  /// @param clock that all nodes go by
  Optional<SharedBuckets> open(Map<String, String> environment, Clock clock, Metrics metrics) {
    return valkey.isEmpty()
        ? Optional.empty()
        : Optional.of(SharedBuckets.at(address(environment), clock, metrics));
  }

  private RedisURI address(Map<String, String> environment) {
    RedisURI.Builder address = RedisURI.builder(RedisURI.create(valkey));
    String password = environment.getOrDefault(Secrets.NODES, "");
    if (!valkeyUser.isEmpty()) {
      address.withAuthentication(valkeyUser, password);
    } else if (!password.isEmpty()) {
      address.withPassword(password.toCharArray());
    }
    return address.build();
  }
}
