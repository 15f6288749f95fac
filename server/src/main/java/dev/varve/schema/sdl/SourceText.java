package dev.varve.schema.sdl;

import dev.varve.kernel.ByteOrderMark;
import dev.varve.schema.SourceLocation;
import graphql.language.Node;
import graphql.language.StringValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The text of a schema file, and where its parts stand in it.
///
/// A node of the parsed tree begins at its description; this class finds its name behind it, and the
/// content of a string behind the quotes.
final class SourceText {
  private static final String BLOCK_QUOTES = "\"\"\"";

  private final String text;
  private final List<Integer> lineStarts = new ArrayList<>();

  /// Of text whose parts have no place in the schema file.
  static SourceText unplaced() {
    return new SourceText("");
  }

  /// @param text with any line ends
  SourceText(String text) {
    this.text = text.replace("\r\n", "\n").replace('\r', '\n');
    lineStarts.add(0);
    for (int i = 0; i < this.text.length(); i++) {
      if (this.text.charAt(i) == '\n') {
        lineStarts.add(i + 1);
      }
    }
  }

  /// With line feeds alone as line ends.
  String text() {
    return text;
  }

  /// Where a node without description begins.
  static SourceLocation of(Node<?> node) {
    return of(node.getSourceLocation());
  }

  static SourceLocation of(graphql.language.@Nullable SourceLocation location) {
    return location == null || location.getLine() < 1
        ? SourceLocation.NONE
        : new SourceLocation(location.getLine(), location.getColumn());
  }

  /// Where the name of a field or an enum value stands.
  SourceLocation ofMember(Node<?> definition) {
    return location(afterDescription(index(of(definition))));
  }

  /// Where the name of a type stands: behind its description and its keyword.
  SourceLocation ofType(Node<?> definition) {
    int keyword = afterDescription(index(of(definition)));
    int end = keyword;
    while (end < text.length() && Character.isLetter(text.charAt(end))) {
      end++;
    }
    return location(afterIgnored(end));
  }

  /// Where `part` stands first, or the beginning of the file.
  SourceLocation find(String part) {
    return location(Math.max(0, text.indexOf(part)));
  }

  /// Where the keyword of a definition stands, such as `type` or `extend`.
  SourceLocation ofKeyword(Node<?> definition) {
    return location(afterDescription(index(of(definition))));
  }

  /// The content of a string, and where its first character stands.
  ///
  /// The content of a block string is kept with its indentation, so that the columns of its later
  /// lines are those of the file.
  Content content(StringValue string) {
    int start = index(of(string));
    if (!text.startsWith(BLOCK_QUOTES, start)) {
      return new Content(value(string), location(start + 1));
    }
    int first = start + BLOCK_QUOTES.length();
    int end = endOfBlock(first);
    while (first < end && Character.isWhitespace(text.charAt(first))) {
      first++;
    }
    String content = text.substring(first, end).stripTrailing().replace("\\\"\"\"", BLOCK_QUOTES);
    return new Content(content, location(first));
  }

  static String value(StringValue string) {
    String value = string.getValue();
    return value == null ? "" : value;
  }

  /// @param location of the first character
  record Content(String text, SourceLocation location) {}

  private int afterDescription(int start) {
    int at = afterIgnored(start);
    if (text.startsWith(BLOCK_QUOTES, at)) {
      return afterIgnored(endOfBlock(at + BLOCK_QUOTES.length()) + BLOCK_QUOTES.length());
    }
    if (at < text.length() && text.charAt(at) == '"') {
      return afterIgnored(endOfString(at + 1) + 1);
    }
    return at;
  }

  /// The index of the closing quotes of a block string whose content begins at `from`.
  private int endOfBlock(int from) {
    int end = text.indexOf(BLOCK_QUOTES, from);
    while (end > 0 && text.charAt(end - 1) == '\\') {
      end = text.indexOf(BLOCK_QUOTES, end + BLOCK_QUOTES.length());
    }
    return end < 0 ? text.length() : end;
  }

  private int endOfString(int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return at;
  }

  /// Skips white space, commas and comments.
  private int afterIgnored(int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int lineEnd = text.indexOf('\n', at);
        at = lineEnd < 0 ? text.length() : lineEnd;
      } else if (Character.isWhitespace(c) || c == ',' || c == ByteOrderMark.CHARACTER) {
        at++;
      } else {
        return at;
      }
    }
    return at;
  }

  private int index(SourceLocation location) {
    if (location.line() < 1 || location.line() > lineStarts.size()) {
      return 0;
    }
    int start = lineStarts.get(location.line() - 1);
    int end = location.line() < lineStarts.size() ? lineStarts.get(location.line()) : text.length();
    int characters = Math.min(location.column() - 1, text.codePointCount(start, end));
    return text.offsetByCodePoints(start, characters);
  }

  private SourceLocation location(int index) {
    if (text.isEmpty()) {
      return SourceLocation.NONE;
    }
    int bounded = Math.min(index, text.length());
    int low = 0;
    int high = lineStarts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (lineStarts.get(middle) <= bounded) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    int start = lineStarts.get(low);
    return new SourceLocation(low + 1, text.codePointCount(start, bounded) + 1);
  }
}
