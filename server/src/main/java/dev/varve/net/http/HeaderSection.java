package dev.varve.net.http;

import java.util.Optional;

/// The header section of a request (RFC 9110, section 6.3): all that is known of one that was refused before anybody was asked.
@FunctionalInterface
public interface HeaderSection {
  /// The value of a header; the values of one sent many times are joined by commas, and those of `Cookie`, which HTTP/2 sends in pieces, by
  /// semicolons (RFC 9113, section 8.2.3).
  Optional<String> header(String name);
}
