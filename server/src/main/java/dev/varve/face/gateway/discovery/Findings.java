package dev.varve.face.gateway.discovery;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The hosts that a service has now.
///
/// @param hosts one at least, and [#HOSTS_MAX] at most, each once
/// @param leftOut how many there were besides
/// @param goodFor how long nobody has to ask again
public record Findings(List<HostEntry> hosts, int leftOut, Duration goodFor) {
  /// As many as may stand in `urls`: each has connections and checks of its own.
  public static final int HOSTS_MAX = 64;

  public Findings {
    hosts = List.copyOf(hosts);
  }

  /// The first of many.
  ///
  /// @param leftOut how many have been left out already
  static Findings of(List<HostEntry> all, int leftOut, Duration goodFor) {
    Map<HostPlace, HostEntry> each = new LinkedHashMap<>();
    all.forEach(entry -> each.putIfAbsent(entry.place(), entry));
    List<HostEntry> kept = each.values().stream().limit(HOSTS_MAX).toList();
    return new Findings(kept, leftOut + each.size() - kept.size(), goodFor);
  }

  /// Where they are, for people.
  public List<String> urls() {
    return hosts.stream().map(host -> host.place().url()).toList();
  }
}
