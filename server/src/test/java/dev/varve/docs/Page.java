package dev.varve.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One page of the documentation: its code blocks, links, headings and tables.
record Page(Path file, List<String> lines, List<Block> blocks) {
  private static final Pattern FENCE = Pattern.compile("\\s*```(.*)");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern SAVED_AS =
      Pattern.compile(".*`([\\w./-]+\\.(?:graphql|csv|ndjson|yaml|properties))`[^`]*:");

  /// A fenced block.
  ///
  /// @param line where its first line stands, from 1
  /// @param before the line of text before it
  record Block(int line, String language, List<String> lines, String before) {
    String text() {
      return String.join("\n", lines);
    }

    /// The file that the reader is told to save it as: the last one that the line before names, if that ends
    /// in a colon.
    Optional<String> savedAs() {
      Matcher matcher = SAVED_AS.matcher(before);
      return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
  }

  record Link(int line, String target) {}

  static Page read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<Block> blocks = new ArrayList<>();
    String before = "";
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (fence.matches()) {
        int end = i + 1;
        while (!lines.get(end).strip().equals("```")) {
          end++;
        }
        blocks.add(new Block(i + 2, fence.group(1).strip(), lines.subList(i + 1, end), before));
        i = end;
        before = "";
      } else if (!lines.get(i).isBlank()) {
        before = lines.get(i).strip();
      }
    }
    return new Page(file, lines, blocks);
  }

  /// The lines that are no code, with nothing in place of those that are.
  List<String> prose() {
    List<String> prose = new ArrayList<>(lines);
    for (Block block : blocks) {
      for (int i = block.line() - 2; i <= block.line() - 1 + block.lines().size(); i++) {
        prose.set(i, "");
      }
    }
    return prose;
  }

  List<Link> links() {
    List<Link> links = new ArrayList<>();
    List<String> prose = prose();
    for (int i = 0; i < prose.size(); i++) {
      Matcher link = LINK.matcher(prose.get(i));
      while (link.find()) {
        links.add(new Link(i + 1, link.group(1)));
      }
    }
    return links;
  }

  /// The names by which links reach the headings.
  Set<String> anchors() {
    Set<String> anchors = new LinkedHashSet<>();
    for (String line : prose()) {
      if (line.matches("#{1,6} .*")) {
        anchors.add(
            line.replaceFirst("#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-'));
      }
    }
    return anchors;
  }

  /// The cells of every row of every table, without headings and lines.
  List<List<String>> rows() {
    return prose().stream()
        .filter(line -> line.startsWith("|") && !line.matches("[|\\s:-]+"))
        .map(line -> List.of(line.substring(1).split("(?<!\\\\)\\|", -1)))
        .map(cells -> cells.stream().map(String::strip).toList())
        .toList();
  }

  /// The text from the heading that begins so up to the next one of its level or above; empty when there is none.
  String section(String heading) {
    int start = 0;
    while (start < lines.size() && !lines.get(start).startsWith(heading)) {
      start++;
    }
    if (start == lines.size()) {
      return "";
    }
    int level = heading.indexOf(' ');
    int end = start + 1;
    while (end < lines.size() && !lines.get(end).matches("#{1," + level + "} .*")) {
      end++;
    }
    return String.join("\n", lines.subList(start, end));
  }
}
