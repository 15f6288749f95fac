package dev.varve.schema.sdl;

import dev.varve.kernel.ByteOrderMark;
import dev.varve.schema.EnumType;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.ValueType;
import dev.varve.schema.sdl.ParseResult.Parsed;
import dev.varve.schema.sdl.ParseResult.Rejected;
import graphql.language.Document;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/// Reads a schema file.
///
/// The syntax is that of GraphQL SDL (GraphQL specification, section 3), of which types and enums are
/// used; the directives are those of `directives.graphql`.
public final class SchemaParser {
  static final int FILE_BYTES_MAX = 1024 * 1024;
  // what a file of full size can need, and what no stack overflows at
  private static final int TOKENS_MAX = 500_000;
  private static final int RULE_DEPTH_MAX = 200;

  private SchemaParser() {}

  // between a file and what was added to it, in the source of a schema
  private static final String ADDED = "\n# What Varve adds:\n";
  // how @scale was written when nothing was added yet
  private static final Pattern SCALE_THEN = Pattern.compile("@scale\\(\\s*n\\s*:");

  /// The schema that `text` describes, with the models that Varve adds, or every mistake in it.
  ///
  /// @param fileName for messages
  public static ParseResult parse(String fileName, String text) {
    return parse(fileName, text, BuiltIn.CURRENT);
  }

  /// The schema that was stored as its [Schema#source()], with what was added to it then.
  ///
  /// @param name for messages
  public static ParseResult stored(String name, String source) {
    int end = source.lastIndexOf(ADDED);
    if (end < 0) {
      return parse(name, SCALE_THEN.matcher(source).replaceAll("@scale(digits:"), BuiltIn.NONE);
    }
    String added = source.substring(end + ADDED.length());
    return parse(
        name,
        source.substring(0, end),
        added.equals(BuiltIn.CURRENT.text()) ? BuiltIn.CURRENT : BuiltIn.of(added));
  }

  private static ParseResult parse(String fileName, String text, BuiltIn added) {
    Mistakes mistakes = new Mistakes(fileName);
    SourceLocation start = new SourceLocation(1, 1);
    if (text.getBytes(StandardCharsets.UTF_8).length > FILE_BYTES_MAX) {
      mistakes.add(
          start, "The file is larger than 1 MiB: describe less in it, or shorten descriptions.");
      return new Rejected(mistakes.sorted());
    }
    if (isEmpty(text)) {
      mistakes.add(
          start,
          "The file is empty: write a type, such as 'type Note @model @auth(rules: [{allow: public}]) { text: String! }'.");
      return new Rejected(mistakes.sorted());
    }
    SourceText source = new SourceText(text);
    try {
      return read(document(source.text(), true), added, source, mistakes);
    } catch (InvalidSyntaxException e) {
      SyntaxMistake.report(e, source, mistakes);
      return new Rejected(mistakes.sorted());
    }
  }

  /// Nothing but white space and comments.
  private static boolean isEmpty(String text) {
    return text.lines()
        .map(line -> line.replace(ByteOrderMark.CHARACTER, ' ').strip())
        .allMatch(line -> line.isEmpty() || line.startsWith("#"));
  }

  /// What `text` declares, without the places where it does.
  static Document unplaced(String text) {
    return document(text, false);
  }

  private static Document document(String text, boolean placed) {
    ParserOptions options =
        ParserOptions.newParserOptions()
            .maxCharacters(FILE_BYTES_MAX)
            .maxTokens(TOKENS_MAX)
            .maxWhitespaceTokens(FILE_BYTES_MAX)
            .maxRuleDepth(RULE_DEPTH_MAX)
            .captureIgnoredChars(false)
            .captureLineComments(false)
            .captureSourceLocation(placed)
            .build();
    return Parser.parse(
        ParserEnvironment.newParserEnvironment().document(text).parserOptions(options).build());
  }

  private static ParseResult read(
      Document document, BuiltIn added, SourceText source, Mistakes mistakes) {
    Declarations declarations = Declarations.of(document, added, source, mistakes);
    TypeReader types = new TypeReader(declarations, source, mistakes);
    ModelReader own = new ModelReader(declarations, types, added, source, mistakes);
    ModelReader brought =
        new ModelReader(declarations, types, added, SourceText.unplaced(), mistakes);
    List<Model> models =
        declarations.models().values().stream()
            .map(type -> (declarations.isBuiltIn(type) ? brought : own).read(type))
            .toList();
    List<EnumType> enums = types.enums();
    List<ValueType> valueTypes = types.valueTypes();
    new Linter(declarations, source, mistakes).check(models);
    if (mistakes.isEmpty()) {
      new GraphQlNameCheck(declarations, mistakes).check(models, enums, valueTypes);
    }
    return mistakes.isEmpty()
        ? new Parsed(new Schema(source(source.text(), added), models, enums, valueTypes))
        : new Rejected(mistakes.sorted());
  }

  private static String source(String text, BuiltIn added) {
    return added == BuiltIn.NONE ? text : text + ADDED + added.text();
  }
}
