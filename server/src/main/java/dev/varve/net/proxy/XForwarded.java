package dev.varve.net.proxy;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.util.ArrayList;
import java.util.List;

/// The headers that most proxies write: `X-Forwarded-For` is a list to which each appends; the others are one value, which
/// the outermost proxy sets, or lists beside it.
final class XForwarded {
  private XForwarded() {}

  static Sender client(Sender direct, Headers request, TrustedProxies proxies) {
    List<String> hops = values(request, HeaderNames.X_FORWARDED_FOR);
    int first = proxies.firstTrue(hops);
    Sender from = first < hops.size() ? direct.from(TrustedProxies.address(hops, first)) : direct;
    int back = Math.max(0, hops.size() - 1 - first);
    return from.over(told(request, HeaderNames.X_FORWARDED_PROTO, back))
        .to(told(request, HeaderNames.X_FORWARDED_HOST, back))
        .at(told(request, HeaderNames.X_FORWARDED_PORT, back));
  }

  /// What the proxy wrote that knows the client: as many places from the end as its address is, or the nearest there is.
  private static String told(Headers request, HeaderName name, int back) {
    List<String> values = values(request, name);
    return values.isEmpty() ? "" : values.get(Math.max(0, values.size() - 1 - back));
  }

  static List<String> values(Headers request, HeaderName name) {
    if (!request.contains(name)) {
      return List.of();
    }
    List<String> values = new ArrayList<>();
    for (String line : request.all(name, List::of)) {
      for (String value : line.split(",", -1)) {
        values.add(value.strip());
      }
    }
    return values;
  }
}
