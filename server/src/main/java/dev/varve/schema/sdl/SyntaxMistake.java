package dev.varve.schema.sdl;

import dev.varve.schema.SourceLocation;
import graphql.parser.InvalidSyntaxException;

/// Says in words what the parser stumbled over.
final class SyntaxMistake {
  private static final String RECOGNITION = "token recognition error at: '";
  private static final String BEYOND_LIMIT = "More than";
  private static final int TOKEN_SHOWN_MAX = 40;

  private SyntaxMistake() {}

  static void report(InvalidSyntaxException e, SourceText source, Mistakes mistakes) {
    String parserMessage = String.valueOf(e.getMessage());
    String token = e.getOffendingToken();
    if (e.getLocation() == null) {
      // the parser names the place of everything but of numbers
      mistakes.add(source.find(token == null ? "" : token), unread(parserMessage));
      return;
    }
    SourceLocation location = SourceText.of(e.getLocation());
    boolean unread = token == null || parserMessage.startsWith(BEYOND_LIMIT);
    mistakes.add(location, unread ? unread(parserMessage) : unexpected(token, location));
  }

  private static String unexpected(String token, SourceLocation location) {
    if (token.equals("<EOF>")) {
      return "The file ends too early: close what is open with '}', ')' or ']'.";
    }
    String shown = shown(token);
    if (token.startsWith("\"") || Character.isDigit(token.charAt(0)) || token.startsWith("-")) {
      return "Unexpected %s: arguments are named, such as @scale(digits: 2).".formatted(shown);
    }
    if (location.column() == 1 && Character.isLetter(token.charAt(0))) {
      return "Unexpected '%s': write 'type' or 'enum' here.".formatted(shown);
    }
    return "Unexpected '%s': fields are written 'name: Type', arguments 'name: value', and what is opened is closed."
        .formatted(shown);
  }

  /// What could not even be split into words.
  private static String unread(String parserMessage) {
    int start = parserMessage.indexOf(RECOGNITION);
    if (start < 0) {
      return parserMessage.startsWith(BEYOND_LIMIT)
          ? "The file is nested too deep, or has too many parts, to be read: describe less in it."
          : "The file holds a number that is too large to be read: write a smaller one.";
    }
    String text = parserMessage.substring(start + RECOGNITION.length());
    if (text.startsWith("\"")) {
      return "This text is not closed in its line, or has an unknown escape: close it with '\"', and write '\\\\' for a backslash.";
    }
    if (Character.isDigit(text.charAt(0))) {
      return "Names begin with a letter, and numbers end before one.";
    }
    return "The character '%s' cannot stand here."
        .formatted(Character.toString(text.codePointAt(0)));
  }

  private static String shown(String token) {
    return token.length() <= TOKEN_SHOWN_MAX ? token : token.substring(0, TOKEN_SHOWN_MAX) + "...";
  }
}
