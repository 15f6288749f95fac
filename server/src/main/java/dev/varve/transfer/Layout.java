package dev.varve.transfer;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How the text of files is written, as far as the caller says it: the rest is found in the files.
///
/// @param encoding of files without a byte order mark; UTF-8 when absent
/// @param separator between the cells of CSV; found in the header when absent
record Layout(Optional<Charset> encoding, Optional<Character> separator) {
  /// What stands between cells, most of the time; the usual one first.
  static final List<Character> SEPARATORS = List.of(',', ';', '\t', '|');

  // what a shell makes hard to write
  private static final Map<String, Character> NAMES =
      Map.of("comma", ',', "semicolon", ';', "tab", '\t', "\\t", '\t', "pipe", '|');

  /// Reads what `--encoding` and `--separator` say.
  static Layout read(
      Optional<String> encoding, Optional<String> separator, Collection<String> mistakes) {
    return new Layout(
        encoding.flatMap(name -> charset(name, mistakes)),
        separator.flatMap(text -> separator(text, mistakes)));
  }

  private static Optional<Charset> charset(String name, Collection<String> mistakes) {
    try {
      return Optional.of(Charset.forName(name.strip()));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException _) {
      mistakes.add(
          "--encoding %s: no such encoding is known: name one such as windows-1252, ISO-8859-15 or UTF-16LE"
              .formatted(name));
      return Optional.empty();
    }
  }

  private static Optional<Character> separator(String text, Collection<String> mistakes) {
    Character named = NAMES.get(text);
    char only = named != null ? named : text.length() == 1 ? text.charAt(0) : '"';
    if (only == '"' || only == '\n' || only == '\r' || Character.isSurrogate(only)) {
      mistakes.add(
          "--separator %s: write one character, such as ';', or comma, semicolon, tab or pipe"
              .formatted(text));
      return Optional.empty();
    }
    return Optional.of(only);
  }

  /// The same for a file whose cells are separated by a character.
  Layout separatedBy(char found) {
    return new Layout(encoding, Optional.of(found));
  }

  /// The separators that a header may have.
  List<Character> candidates() {
    return separator.map(List::of).orElse(SEPARATORS);
  }
}
