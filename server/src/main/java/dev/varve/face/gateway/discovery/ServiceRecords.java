package dev.varve.face.gateway.discovery;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;

/// The SRV records of a name, each of which is a host with its port, priority and weight (RFC 2782). Their addresses are asked
/// of the same name servers, which may be the only ones that know them.
record ServiceRecords(String name, boolean https, NameServers servers) implements HostSource {
  // beside others, a weight of 0 is a chance that is very small (RFC 2782)
  private static final int WEIGHT_UNIT = 100;

  @Override
  public Findings ask() throws DiscoveryFailure {
    NameServers.Questions questions = servers.questions();
    List<SRVRecord> all =
        questions.services(name).stream()
            // "no such service here"
            .filter(each -> !each.getTarget().equals(Name.root))
            .filter(each -> HostPlace.isUrl(url(each)))
            .sorted(
                Comparator.comparingInt(SRVRecord::getPriority)
                    .thenComparing(ServiceRecords::target)
                    .thenComparingInt(SRVRecord::getPort))
            .toList();
    List<SRVRecord> kept = all.subList(0, Math.min(all.size(), Findings.HOSTS_MAX));
    Set<String> targets = new LinkedHashSet<>();
    kept.forEach(each -> targets.add(target(each)));
    Map<String, List<Record>> addresses = questions.addresses(targets);
    List<HostEntry> hosts = new ArrayList<>();
    long seconds = Long.MAX_VALUE;
    for (SRVRecord each : kept) {
      List<Record> known = addresses.getOrDefault(target(each), List.of());
      if (!known.isEmpty()) {
        hosts.add(host(each, known));
        seconds = Math.min(seconds, each.getTTL());
        seconds = Math.min(seconds, known.stream().mapToLong(Record::getTTL).min().orElseThrow());
      }
    }
    if (hosts.isEmpty()) {
      throw new DiscoveryFailure(
          all.isEmpty()
              ? "%s has no SRV records that name a host".formatted(name)
              : "None of the hosts that %s names has an address".formatted(name));
    }
    return Findings.of(hosts, all.size() - kept.size(), Duration.ofSeconds(seconds));
  }

  private HostEntry host(SRVRecord told, List<Record> known) {
    // name servers turn them with each answer
    List<InetAddress> addresses =
        known.stream()
            .map(NameServers::addressOf)
            .sorted(Comparator.comparing(InetAddress::getHostAddress))
            .toList();
    int weight = told.getWeight() == 0 ? 1 : told.getWeight() * WEIGHT_UNIT;
    return new HostEntry(HostPlace.of(url(told), addresses), told.getPriority(), weight);
  }

  /// Without a port where that says nothing: servers are not used to it in `Host`.
  private String url(SRVRecord told) {
    String url = (https ? "https://" : "http://") + target(told);
    return told.getPort() == (https ? HostPlace.HTTPS_PORT : HostPlace.HTTP_PORT)
        ? url
        : url + ":" + told.getPort();
  }

  /// In small letters and without the dot at its end, as URLs have it.
  private static String target(SRVRecord told) {
    return told.getTarget().canonicalize().toString(true);
  }

  @Override
  public String shown() {
    return "the SRV records of " + name;
  }
}
