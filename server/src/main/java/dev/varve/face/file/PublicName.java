package dev.varve.face.file;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which names of files and folders are served at all. What is not clearly a name is none: the rules of all systems hold
/// on each, so that a folder serves the same wherever it lies.
final class PublicName {
  // the longest that file systems take, and deeper than any application nests
  private static final int LENGTH_MAX = 255;
  private static final int DEPTH_MAX = 32;
  // RFC 8615
  private static final String WELL_KNOWN = ".well-known";
  // separators, streams and wildcards of one system or another
  private static final String FORBIDDEN = "/\\:*?\"<>|";
  private static final Set<String> DEVICES =
      Set.of("con", "prn", "aux", "nul", "conin$", "conout$", "clock$");

  private PublicName() {}

  /// Whether each of the names may be served, from the folder downwards.
  ///
  /// @param atRoot whether the folder is what is served at `/`
  static boolean areServed(List<String> names, boolean atRoot) {
    if (names.size() > DEPTH_MAX) {
      return false;
    }
    for (int i = 0; i < names.size(); i++) {
      boolean wellKnown = i == 0 && atRoot && names.getFirst().equals(WELL_KNOWN);
      if (!wellKnown && !isServed(names.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isServed(String name) {
    if (name.isEmpty() || name.length() > LENGTH_MAX || name.startsWith(".")) {
      return false;
    }
    // Windows takes them away
    char last = name.charAt(name.length() - 1);
    if (last == '.' || last == ' ') {
      return false;
    }
    return name.chars().allMatch(c -> c >= ' ' && c != 0x7f && FORBIDDEN.indexOf(c) < 0)
        && !isDevice(name);
  }

  /// A name that Windows gives to a device, whatever follows its first dot.
  private static boolean isDevice(String name) {
    int dot = name.indexOf('.');
    String base = (dot < 0 ? name : name.substring(0, dot)).strip().toLowerCase(Locale.ROOT);
    return DEVICES.contains(base)
        || (base.length() == 4
            && (base.startsWith("com") || base.startsWith("lpt"))
            && !Character.isLetter(base.charAt(3)));
  }
}
