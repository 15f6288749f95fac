package dev.varve.net.http;

import java.util.Locale;
import java.util.Optional;

/// Which media types a request accepts, by its header `Accept` (RFC 9110, section 12.5.1). Without one it accepts all.
public final class AcceptedTypes {
  /// A type that is named with its subtype.
  public static final int EXACT = 2;

  private static final String HTML = "text/html";
  private static final String JSON = "application/json";
  private static final Rank UNNAMED = new Rank(-1, -1);

  private final String header;

  public AcceptedTypes(Optional<String> header) {
    this.header = header.filter(text -> !text.isBlank()).orElse("*/*");
  }

  /// How much a media type is wanted: its quality, and how exactly it is named.
  public record Rank(double quality, int exactness) implements Comparable<Rank> {
    @Override
    public int compareTo(Rank other) {
      int byQuality = Double.compare(quality, other.quality);
      return byQuality != 0 ? byQuality : Integer.compare(exactness, other.exactness);
    }

    public boolean isAcceptable() {
      return quality > 0;
    }

    public boolean isExact() {
      return exactness == EXACT;
    }
  }

  /// Whether a page is asked for by name, as browsers do when somebody follows a link, and wanted more than data.
  public boolean navigates() {
    Rank page = rank(HTML);
    return page.isAcceptable() && page.isExact() && page.compareTo(rank(JSON)) > 0;
  }

  /// What the most exact range that fits says.
  public Rank rank(String mediaType) {
    String anyOfItsKind = mediaType.substring(0, mediaType.indexOf('/')) + "/*";
    Rank best = UNNAMED;
    for (String range : header.split(",", -1)) {
      String[] parts = range.split(";", -1);
      String type = parts[0].strip().toLowerCase(Locale.ROOT);
      int exactness =
          type.equals(mediaType)
              ? EXACT
              : type.equals(anyOfItsKind) ? 1 : type.equals("*/*") ? 0 : UNNAMED.exactness();
      if (exactness > best.exactness()) {
        best = new Rank(quality(parts), exactness);
      }
    }
    return best;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
