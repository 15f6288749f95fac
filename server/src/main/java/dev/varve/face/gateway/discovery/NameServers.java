package dev.varve.face.gateway.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;
import org.xbill.DNS.lookup.ServerFailedException;

/// Name servers of the domain name system (RFC 1035), asked over UDP, and over TCP for what is long. Nothing is kept: how long
/// an answer is good is for whoever asked.
///
/// @param servers those that are asked; none are the ones that the system uses
record NameServers(List<InetSocketAddress> servers) {
  // of one question and those that follow from it; a start waits for it once
  private static final Duration QUESTION = Duration.ofSeconds(3);
  // a packet may be lost
  private static final Duration ATTEMPT = Duration.ofSeconds(1);
  private static final int ATTEMPTS = 2;
  private static final int DNS_PORT = 53;

  NameServers {
    servers = List.copyOf(servers);
  }

  /// The server that a text names, `10.0.0.2` or `10.0.0.2:8600` or `[::1]:8600`.
  ///
  /// @throws IllegalArgumentException when it names none
  static InetSocketAddress server(String text) {
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon > text.lastIndexOf(']') && text.indexOf(':') == colon;
    hasPort |= colon > 0 && text.charAt(colon - 1) == ']';
    String address = hasPort ? text.substring(0, colon) : text;
    int port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : DNS_PORT;
    boolean bracketed = address.startsWith("[") && address.endsWith("]");
    return new InetSocketAddress(
        InetAddress.ofLiteral(bracketed ? address.substring(1, address.length() - 1) : address),
        port);
  }

  /// Begins to ask.
  Questions questions() {
    List<InetSocketAddress> asked = servers;
    if (asked.isEmpty()) {
      // the machine may be in another network by now
      ResolverConfig.refresh();
      asked = ResolverConfig.getCurrentConfig().servers();
    }
    ExtendedResolver resolver =
        new ExtendedResolver(asked.stream().<Resolver>map(SimpleResolver::new).toList());
    resolver.setTimeout(ATTEMPT);
    resolver.setRetries(ATTEMPTS);
    return new Questions(
        LookupSession.builder().resolver(resolver).build(), System.nanoTime() + QUESTION.toNanos());
  }

  /// Questions that have to be answered until a moment, all together.
  record Questions(LookupSession session, long endNanos) {
    /// The services of a name; none when there is no such name, or it has none.
    List<SRVRecord> services(String name) throws DiscoveryFailure {
      return answer(name, session.lookupAsync(absolute(name), Type.SRV)).stream()
          .filter(SRVRecord.class::isInstance)
          .map(SRVRecord.class::cast)
          .toList();
    }

    /// The addresses of names, each with the record that tells it. What has none is there with none.
    Map<String, List<Record>> addresses(Set<String> names) throws DiscoveryFailure {
      Map<String, List<CompletionStage<LookupResult>>> asked = new LinkedHashMap<>();
      for (String name : names) {
        Name absolute = absolute(name);
        asked.put(
            name,
            List.of(
                session.lookupAsync(absolute, Type.A), session.lookupAsync(absolute, Type.AAAA)));
      }
      Map<String, List<Record>> addresses = new LinkedHashMap<>();
      for (Map.Entry<String, List<CompletionStage<LookupResult>>> each : asked.entrySet()) {
        List<Record> known = new ArrayList<>();
        for (CompletionStage<LookupResult> question : each.getValue()) {
          known.addAll(answer(each.getKey(), question));
        }
        addresses.put(each.getKey(), known);
      }
      return addresses;
    }

    private static Name absolute(String name) throws DiscoveryFailure {
      try {
        return Name.fromString(name, Name.root);
      } catch (TextParseException e) {
        throw new DiscoveryFailure("'%s' is no name that name servers know".formatted(name));
      }
    }

    private List<Record> answer(String name, CompletionStage<LookupResult> asked)
        throws DiscoveryFailure {
      try {
        return asked
            .toCompletableFuture()
            .get(Math.max(1, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS)
            .getRecords();
      } catch (TimeoutException e) {
        throw new DiscoveryFailure("No name server has answered for " + name);
      } catch (ExecutionException e) {
        return switch (e.getCause()) {
          case NoSuchDomainException _, NoSuchRRSetException _ -> List.of();
          case IOException _ ->
              throw new DiscoveryFailure("No name server has answered for " + name);
          case ServerFailedException _ ->
              throw new DiscoveryFailure("The name server failed to answer for " + name);
          case null, default ->
              throw new DiscoveryFailure(
                  "No name server has an answer for %s: %s".formatted(name, e.getCause()));
        };
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DiscoveryFailure("Interrupted while a name server was asked for " + name);
      }
    }
  }

  /// The address that a record tells.
  static InetAddress addressOf(Record told) {
    return switch (told) {
      case ARecord four -> four.getAddress();
      case AAAARecord six -> six.getAddress();
      default -> throw new IllegalArgumentException("%s tells no address".formatted(told));
    };
  }
}
