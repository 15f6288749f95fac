package dev.varve.face.gateway.discovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.xbill.DNS.Record;

/// The addresses of one name, each of which is a host.
///
/// @param url with the name, such as `http://shipping.internal:8080`
record AddressRecords(String url, NameServers servers) implements HostSource {
  @Override
  public Findings ask() throws DiscoveryFailure {
    HostPlace place = HostPlace.of(url);
    List<Record> records = new ArrayList<>();
    servers.questions().addresses(Set.of(place.name())).values().forEach(records::addAll);
    if (records.isEmpty()) {
      throw new DiscoveryFailure("%s has no address".formatted(place.name()));
    }
    // name servers turn them with each answer, and the same are to be left out each time
    List<HostEntry> inOrder =
        records.stream()
            .map(each -> HostEntry.of(place.at(NameServers.addressOf(each))))
            .sorted(Comparator.comparing(entry -> entry.place().url()))
            .toList();
    long seconds = records.stream().mapToLong(Record::getTTL).min().orElseThrow();
    return Findings.of(inOrder, 0, Duration.ofSeconds(seconds));
  }

  @Override
  public String shown() {
    return "the addresses of " + HostPlace.of(url).name();
  }
}
