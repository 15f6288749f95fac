package dev.varve.net.outgoing;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What came back of a call.
///
/// @param headers by name in lower case; of one that came many times, the values with commas between them
public record Reply(int status, Map<String, String> headers, byte[] body) {
  public Reply {
    headers = Map.copyOf(headers);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /// The media type without its parameters, in lower case; empty when there is none.
  public String mediaType() {
    return header("Content-Type")
        .map(value -> value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .orElse("");
  }
}
