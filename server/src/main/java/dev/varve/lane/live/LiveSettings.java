package dev.varve.lane.live;

import dev.varve.settings.Setting;

/// How the change feed behaves; section `live` of `varve.yaml`.
public record LiveSettings(
    @Setting(
            standard = "15",
            min = 1,
            max = 3_600,
            says =
                "A stream on which nothing happens carries a sign of life this often, in seconds. The rights of its caller are looked up again as often.")
        int heartbeatSeconds,
    @Setting(
            standard = "2000",
            min = 1,
            max = 1_000_000,
            says = "How many streams may be open; further ones are refused with 503.")
        int subscribersMax,
    @Setting(
            standard = "100",
            min = 1,
            max = 1_000_000,
            says =
                "How many streams one account or API key may have open, or one network without credentials; further ones are refused with 429.")
        int subscribersPerCallerMax,
    @Setting(
            standard = "1000",
            min = 1,
            max = 1_000_000,
            says =
                "How many streams one network, an IPv4 address or a /64 of IPv6, may have open, whoever opens them; further ones are refused with 429. Behind a proxy all come from its address, unless http.trustedProxies names it.")
        int subscribersPerNetworkMax,
    @Setting(
            standard = "33554432",
            min = 65_536,
            says =
                "How many bytes of changes are kept in memory for streams that are slower than the writes, all together. Who is slower still reads on from the log.")
        int bufferBytesMax) {
  public static final LiveSettings DEFAULT =
      new LiveSettings(15, 2_000, 100, 1_000, 32 * 1024 * 1024);
}
