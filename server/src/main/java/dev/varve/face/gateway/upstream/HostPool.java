package dev.varve.face.gateway.upstream;

import dev.varve.kernel.Pauses;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The hosts of a service at a moment, and which of them a request gets. Immutable but for whose turn it is.
final class HostPool {
  // the golden ratio in 32 bits: its multiples are spread evenly (Knuth, volume 3, section 6.4)
  private static final int GOLDEN = 0x9E3779B9;
  private static final double TURNS = 0x1p32;
  // as fine as a double is
  private static final double DRAWS = 0x1p53;

  private final List<Member> members;
  private final List<Host> hosts;
  private final boolean isRanked;
  private final boolean isWeighted;
  private final AtomicInteger turn;

  /// One of them.
  ///
  /// @param checks of its health, which end with it
  /// @param priority those with a greater one are asked only when none with a smaller one may be
  /// @param weight its share of the requests
  record Member(Host host, Pauses checks, int priority, int weight) {}

  private HostPool(List<Member> members, AtomicInteger turn) {
    this.members = List.copyOf(members);
    this.hosts = members.stream().map(Member::host).toList();
    this.isRanked = members.stream().mapToInt(Member::priority).distinct().count() > 1;
    this.isWeighted = members.stream().mapToInt(Member::weight).distinct().count() > 1;
    this.turn = turn;
  }

  static HostPool empty() {
    return new HostPool(List.of(), new AtomicInteger());
  }

  /// Others in their place.
  HostPool with(List<Member> others) {
    return new HostPool(others, turn);
  }

  List<Member> members() {
    return members;
  }

  List<Host> hosts() {
    return hosts;
  }

  /// The host for a request. When none is available, all are as good: better a host that may fail than none.
  ///
  /// @param key what [Balance#HASH] looks at
  /// @param tried those that it failed at, which are asked again only when there is no other
  Optional<Host> pick(Balance balance, Optional<String> key, Set<Host> tried) {
    if (hosts.size() < 2) {
      return hosts.isEmpty() ? Optional.empty() : Optional.of(hosts.getFirst());
    }
    List<Member> open = first(open(tried));
    Member picked =
        switch (balance) {
          case ROUND_ROBIN -> next(open);
          case LEAST_REQUESTS -> least(open);
          case HASH -> key.map(value -> hashed(open, value)).orElseGet(() -> next(open));
        };
    return Optional.of(picked.host());
  }

  private List<Member> open(Set<Host> tried) {
    List<Member> available =
        members.stream().filter(member -> member.host().isAvailable()).toList();
    if (tried.isEmpty()) {
      return available.isEmpty() ? members : available;
    }
    List<Member> others =
        available.stream().filter(member -> !tried.contains(member.host())).toList();
    return others.isEmpty() ? (available.isEmpty() ? members : available) : others;
  }

  private List<Member> first(List<Member> open) {
    if (!isRanked) {
      return open;
    }
    int least = open.stream().mapToInt(Member::priority).min().orElseThrow();
    return open.stream().filter(member -> member.priority() == least).toList();
  }

  private Member next(List<Member> open) {
    return open.get(index(open));
  }

  /// Whose turn it is: one after the other, or as often as their weights say, evenly spread.
  private int index(List<Member> open) {
    int number = turn.getAndIncrement();
    if (!isWeighted) {
      return Math.floorMod(number, open.size());
    }
    long all = open.stream().mapToLong(Member::weight).sum();
    long left = (long) (Integer.toUnsignedLong(number * GOLDEN) / TURNS * all);
    int index = 0;
    while (index < open.size() - 1 && left >= open.get(index).weight()) {
      left -= open.get(index++).weight();
    }
    return index;
  }

  /// Of many with equally few for their weight, each in its turn.
  private Member least(List<Member> open) {
    int first = index(open);
    Member least = open.get(first);
    for (int i = 1; i < open.size(); i++) {
      Member other = open.get((first + i) % open.size());
      if ((long) other.host().underWay() * least.weight()
          < (long) least.host().underWay() * other.weight()) {
        least = other;
      }
    }
    return least;
  }

  /// The one that draws highest for this value (weighted rendezvous hashing): when a host goes, the values of others stay.
  private static Member hashed(List<Member> open, String value) {
    Member highest = open.getFirst();
    double highestDraw = Double.NEGATIVE_INFINITY;
    for (Member member : open) {
      double draw = ((mixed(value, member.host().url()) >>> 11) + 0.5) / DRAWS;
      double weighted = -member.weight() / Math.log(draw);
      if (weighted > highestDraw) {
        highest = member;
        highestDraw = weighted;
      }
    }
    return highest;
  }

  /// FNV-1a, and the finaliser of MurmurHash3 behind it.
  private static long mixed(String value, String url) {
    long hash = 0xCBF29CE484222325L;
    String text = value + '\n' + url;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
    hash = (hash ^ (hash >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return hash ^ (hash >>> 33);
  }
}
