package dev.varve.docs;

import java.util.ArrayList;
import java.util.List;

/// One command of a shell block, split into its words as `sh` would: quotes, backslashes, comments.
///
/// What a shell would do beyond that (variables, pipes, patterns) is refused, so that no command is run
/// otherwise than a reader's shell runs it.
record ShellLine(int line, List<String> words, String comment) {

  /// The commands of a block.
  ///
  /// @param firstLine the number of its first line
  static List<ShellLine> of(int firstLine, List<String> lines) {
    List<ShellLine> commands = new ArrayList<>();
    StringBuilder command = new StringBuilder();
    int start = firstLine;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (command.isEmpty()) {
        start = firstLine + i;
      }
      boolean goesOn = line.endsWith("\\");
      command.append(goesOn ? line.substring(0, line.length() - 1) : line);
      if (!goesOn && !quoteIsOpen(command)) {
        ShellLine read = new Reader(start, command.toString()).read();
        if (!read.words().isEmpty()) {
          commands.add(read);
        }
        command.setLength(0);
      } else if (!goesOn) {
        command.append('\n');
      }
    }
    if (!command.isEmpty()) {
      throw new AssertionError("The command is not closed: " + command);
    }
    return commands;
  }

  private static boolean quoteIsOpen(CharSequence text) {
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    return quote != 0;
  }

  private static final class Reader {
    private static final String NOT_UNDERSTOOD = "$`|&;<>*?(){}~!";

    private final int line;
    private final String text;
    private final List<String> words = new ArrayList<>();
    private StringBuilder word;
    private int at;

    Reader(int line, String text) {
      this.line = line;
      this.text = text;
    }

    ShellLine read() {
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c == '#' && word == null) {
          return new ShellLine(line, List.copyOf(words), text.substring(at).strip());
        }
        switch (c) {
          case ' ', '\t' -> endWord();
          case '\'' -> quoted('\'');
          case '"' -> quoted('"');
          case '\\' -> add(text.charAt(at++));
          default -> {
            if (NOT_UNDERSTOOD.indexOf(c) >= 0) {
              throw new AssertionError("The shell would see more in '" + c + "': quote it");
            }
            add(c);
          }
        }
      }
      endWord();
      return new ShellLine(line, List.copyOf(words), "");
    }

    private void quoted(char quote) {
      if (word == null) {
        word = new StringBuilder();
      }
      while (text.charAt(at) != quote) {
        char c = text.charAt(at++);
        if (quote == '"' && "$`\\!".indexOf(c) >= 0) {
          throw new AssertionError("The shell would see more in '" + c + "': use single quotes");
        }
        word.append(c);
      }
      at++;
    }

    private void add(char c) {
      if (word == null) {
        word = new StringBuilder();
      }
      word.append(c);
    }

    private void endWord() {
      if (word != null) {
        words.add(word.toString());
        word = null;
      }
    }
  }
}
