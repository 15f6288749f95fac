package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.discovery.HostEntry;
import dev.varve.face.gateway.discovery.HostPlace;
import dev.varve.face.gateway.discovery.HostSearch;
import dev.varve.face.gateway.resilience.Breaker;
import dev.varve.face.gateway.resilience.HostConditions;
import dev.varve.face.gateway.resilience.RetryBudget;
import dev.varve.face.gateway.resilience.ServiceEvent;
import dev.varve.face.gateway.resilience.ServiceEvents;
import dev.varve.face.gateway.resilience.ServiceEvents.Kind;
import dev.varve.face.gateway.resilience.ServiceMeasures;
import dev.varve.face.gateway.upstream.HostPool.Member;
import dev.varve.kernel.Pauses;
import dev.varve.telemetry.Metrics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A service: its hosts, of which each request gets one.
///
/// What guards it stands around [#send], in [Sending]: a breaker before anything is sent, further attempts after a failure,
/// what came of each for its statistics. Which hosts it has stands in its settings, or is found while it is served
/// ([HostSearch]): those that stay keep their connections and what is known of them.
public final class Upstream implements AutoCloseable {
  private final ServiceSettings settings;
  private final TlsClient tls;
  private final Watch watch;
  private final int networkSharePercent;
  private final HostConditions conditions;
  private final ServiceEvents events;
  private final Optional<HostSearch> search;
  private final Breaker breaker;
  private final RetryBudget retryBudget;
  private final ServiceMeasures measures;
  private final String files;
  // between attempts
  private final Pauses pauses = new Pauses();

  /// Held while hosts come and go, never while anything is waited for. Guards all below.
  private final Object lock = new Object();

  private volatile HostPool pool = HostPool.empty();
  private boolean served;
  private boolean retired;

  /// @param watch looks after its connections
  /// @param clock by which it is left alone, and asked again
  /// @param networkSharePercent how many of the places of each host one network may take
  /// @throws dev.varve.settings.WrongSetting when its certificates cannot be read
  public Upstream(
      ServiceSettings settings,
      Watch watch,
      Clock clock,
      Metrics metrics,
      int networkSharePercent) {
    this.settings = settings;
    this.watch = watch;
    this.files = settings.tls().content();
    this.tls = TlsClient.of(settings);
    this.events = new ServiceEvents(settings.name(), clock);
    this.measures = new ServiceMeasures(settings.name(), metrics);
    this.retryBudget = new RetryBudget(settings.retry().budget());
    this.breaker =
        new Breaker(
            settings.name(), settings.breaker(), settings.timeouts().longest(), clock, events);
    this.networkSharePercent = networkSharePercent;
    this.conditions =
        new HostConditions(settings.ejection(), settings.health(), clock, events, measures);
    this.search =
        settings.discovery().isSet()
            ? Optional.of(
                new HostSearch(
                    settings.name(), settings.discovery(), clock, events, measures, this::take))
            : Optional.empty();
    take(settings.urls().stream().map(url -> HostEntry.of(HostPlace.of(url))).toList());
  }

  public String name() {
    return settings.name();
  }

  public ServiceSettings settings() {
    return settings;
  }

  /// Whether one of these settings would be the same, its certificates included: files change under the same name.
  public boolean isOf(ServiceSettings other) {
    return settings.equals(other) && files.equals(other.tls().content());
  }

  public List<Host> hosts() {
    return pool.hosts();
  }

  /// Whether it is left alone because it fails.
  public Breaker breaker() {
    return breaker;
  }

  /// What happened to it lately, the newest first.
  public List<ServiceEvent> lastEvents() {
    return events.last();
  }

  /// What is known of the search for its hosts, where they are not in its settings.
  public Optional<HostSearch.Standing> search() {
    return search.map(HostSearch::standing);
  }

  RetryBudget retryBudget() {
    return retryBudget;
  }

  ServiceMeasures measures() {
    return measures;
  }

  Pauses pauses() {
    return pauses;
  }

  /// Finds its hosts before it is served: those that another has found in the same way, or else whoever is asked now.
  ///
  /// @param before that it takes the place of
  public void find(Optional<Upstream> before) {
    if (search.isEmpty()) {
      return;
    }
    List<HostEntry> known =
        before
            .filter(other -> other.settings.discovery().equals(settings.discovery()))
            .map(Upstream::entries)
            .orElse(List.of());
    if (known.isEmpty()) {
      search.ifPresent(HostSearch::ask);
    } else {
      take(known);
    }
  }

  private List<HostEntry> entries() {
    return pool.members().stream()
        .map(member -> new HostEntry(member.host().place(), member.priority(), member.weight()))
        .toList();
  }

  /// Begins to check its hosts, and to look for others, until it is closed.
  public void begin() {
    List<Member> members;
    synchronized (lock) {
      served = true;
      members = pool.members();
    }
    members.forEach(this::check);
    search.ifPresent(HostSearch::begin);
  }

  private void check(Member member) {
    if (settings.health().isSet()) {
      Thread.ofVirtual()
          .name("gateway-health-" + name())
          .start(new HealthCheck(member.host(), settings.health(), member.checks()));
    }
  }

  /// From now on these are its hosts.
  private void take(List<HostEntry> found) {
    HostPool before;
    HostPool after;
    boolean checked;
    synchronized (lock) {
      if (retired) {
        return;
      }
      before = pool;
      after = before.with(members(before, found));
      pool = after;
      checked = served;
    }
    List<Member> joined = without(after, before);
    List<Member> gone = without(before, after);
    gone.forEach(this::leave);
    if (checked) {
      joined.forEach(this::check);
    }
    // of the first hosts of all nothing is said
    if (!before.hosts().isEmpty()) {
      joined.forEach(member -> tell(Kind.HOST_JOINED, member));
      gone.forEach(member -> tell(Kind.HOST_LEFT, member));
    }
  }

  /// Those that were there before are the same hosts, in whatever rank.
  private List<Member> members(HostPool before, List<HostEntry> found) {
    Map<HostPlace, Member> known = new HashMap<>();
    before.members().forEach(member -> known.put(member.host().place(), member));
    List<Member> members = new ArrayList<>();
    for (HostEntry entry : found) {
      Member there = known.get(entry.place());
      members.add(there == null ? join(entry) : ranked(there, entry));
    }
    return members;
  }

  private static List<Member> without(HostPool pool, HostPool other) {
    Set<Host> there = Set.copyOf(other.hosts());
    return pool.members().stream().filter(member -> !there.contains(member.host())).toList();
  }

  private Member join(HostEntry entry) {
    Host host =
        new Host(
            entry.place(),
            settings,
            tls,
            watch,
            conditions.join(entry.place().url()),
            networkSharePercent);
    return new Member(host, new Pauses(), entry.priority(), entry.weight());
  }

  private static Member ranked(Member known, HostEntry entry) {
    return new Member(known.host(), known.checks(), entry.priority(), entry.weight());
  }

  private void tell(Kind kind, Member member) {
    events.tell(kind, member.host().url(), Optional.empty(), "");
  }

  private void leave(Member member) {
    conditions.leave(member.host().condition());
    retire(member);
  }

  private static void retire(Member member) {
    member.checks().close();
    member.host().retire();
  }

  /// It gets no requests any more but from those who have it already: its checks end, and so does each of its connections when
  /// nobody uses it.
  public void retire() {
    end().forEach(Upstream::retire);
  }

  /// Ends its checks, and the waits before requests are sent again.
  @Override
  public void close() {
    end().forEach(member -> member.checks().close());
    pauses.close();
  }

  /// No other hosts join it from now on.
  private List<Member> end() {
    search.ifPresent(HostSearch::close);
    synchronized (lock) {
      retired = true;
      return pool.members();
    }
  }

  /// Sends a request to one of the hosts, and returns with the headers of the answer.
  ///
  /// @param key what [Balance#HASH] looks at
  public UpstreamAnswer send(OutgoingRequest request, Optional<String> key) throws UpstreamFailure {
    return new Sending(this, request, key).send();
  }

  /// The host for a request.
  ///
  /// @param tried those that it failed at, which are asked again only when there is no other
  Host pick(Optional<String> key, Set<Host> tried) throws UpstreamFailure {
    return pool.pick(settings.balance(), key, tried)
        .orElseThrow(() ->
            new UpstreamFailure(
                UpstreamFailure.Kind.UNREACHABLE, true, "has no host that anybody knows of"));
  }
}
