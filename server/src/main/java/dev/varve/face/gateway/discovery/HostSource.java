package dev.varve.face.gateway.discovery;

/// Somebody who knows where the hosts of a service are.
public sealed interface HostSource permits ServiceRecords, AddressRecords, HostsFile {
  /// Asks, and waits for the answer, which takes a few seconds at most.
  ///
  /// @throws DiscoveryFailure when there is none, or it has no host
  Findings ask() throws DiscoveryFailure;

  /// What is asked, in words: `the SRV records of _http._tcp.shipping.internal`.
  String shown();

  /// @param settings with one way to find hosts
  static HostSource of(DiscoverySettings settings) {
    if (!settings.file().isEmpty()) {
      return new HostsFile(settings.file());
    }
    NameServers servers = new NameServers(settings.nameServers());
    return settings.srv().isEmpty()
        ? new AddressRecords(settings.addresses(), servers)
        : new ServiceRecords(settings.srv(), settings.https(), servers);
  }
}
