package dev.varve.node;

import dev.varve.identity.token.Secrets;
import dev.varve.net.limit.SharedBuckets;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import dev.varve.telemetry.Metrics;
import io.lettuce.core.RedisURI;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/// What many processes on one database share beside it; section `nodes` of `varve.yaml`.
public record NodesSettings(
    @Setting(
            standard = "",
            says =
                "A server of Valkey or Redis where the nodes count rate limits together, such as redis://10.0.0.5:6379/0, or rediss:// for TLS; nothing for each node on its own. Its password is the environment variable VARVE_NODES_PASSWORD.")
        String valkey,
    @Setting(
            standard = "",
            says = "The user there (its ACL knows them), where it is not the default one.")
        String valkeyUser) {
  public static final NodesSettings DEFAULT = new NodesSettings("", "");

  public NodesSettings {
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
