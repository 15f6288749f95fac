package dev.varve.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One command of a shell block, split into its words as `sh` would: quotes, backslashes, comments.
///
/// What a shell would do beyond that (pipes, patterns) is refused, so that no command is run otherwise than a reader's
/// shell runs it. Known besides are a variable in double quotes, `"Bearer $TOKEN"`, and how one gets its value,
/// `TOKEN=$(curl ... | jq -r .accessToken)`, which is read as the command `=` with the name, the path and the words; what all
/// commands below get, `export SECRET=$(cat FILE)`, read as `export` with the name and the file; and a `&` at the end, for a
/// command that goes on while the next ones run, which is the last word then.
record ShellLine(int line, List<String> words, String comment) {
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(\\w+)=\\$\\((.*) \\| jq -r '?\\.([\\w.\\[\\]]+)'?\\)", Pattern.DOTALL);
  private static final Pattern EXPORT = Pattern.compile("export (\\w+)=\\$\\(cat (\\S+)\\)");
  private static final String BESIDE = " &";
  private static final Pattern VARIABLE = Pattern.compile("\u0001(\\w+)\u0002");

  /// The words with the values of variables in them.
  List<String> words(Map<String, String> variables) {
    return words.stream().map(word -> valued(word, variables)).toList();
  }

  private static String valued(String word, Map<String, String> variables) {
    return VARIABLE
        .matcher(word)
        .replaceAll(found -> {
          String value = variables.get(found.group(1));
          if (value == null) {
            throw new AssertionError("Nothing gave $" + found.group(1) + " a value");
          }
          return Matcher.quoteReplacement(value);
        });
  }

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
        ShellLine read = read(start, command.toString());
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

  private static ShellLine read(int line, String command) {
    Matcher export = EXPORT.matcher(command);
    if (export.matches()) {
      return new ShellLine(line, List.of("export", export.group(1), export.group(2)), "");
    }
    if (command.endsWith(BESIDE)) {
      String alone = command.substring(0, command.length() - BESIDE.length());
      List<String> words = new ArrayList<>(new Reader(line, alone).read().words());
      words.add(BESIDE.strip());
      return new ShellLine(line, List.copyOf(words), "");
    }
    Matcher assignment = ASSIGNMENT.matcher(command);
    if (!assignment.matches()) {
      return new Reader(line, command).read();
    }
    List<String> words = new ArrayList<>(List.of("=", assignment.group(1), assignment.group(3)));
    words.addAll(new Reader(line, assignment.group(2)).read().words());
    return new ShellLine(line, List.copyOf(words), "");
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
        if (quote == '"' && c == '$' && Character.isUpperCase(text.charAt(at))) {
          variable();
          continue;
        }
        if (quote == '"' && "$`\\!".indexOf(c) >= 0) {
          throw new AssertionError("The shell would see more in '" + c + "': use single quotes");
        }
        word.append(c);
      }
      at++;
    }

    private void variable() {
      word.append('\u0001');
      while (Character.isUpperCase(text.charAt(at)) || text.charAt(at) == '_') {
        word.append(text.charAt(at++));
      }
      word.append('\u0002');
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
