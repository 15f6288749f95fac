package dev.varve.schema;

import dev.varve.schema.ParseResult.Parsed;
import dev.varve.schema.ParseResult.Rejected;
import graphql.language.Document;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;

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

  /// The schema that `text` describes, or every mistake in it.
  ///
  /// @param fileName for messages
  public static ParseResult parse(String fileName, String text) {
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
      return read(document(source), source, mistakes);
    } catch (InvalidSyntaxException e) {
      SyntaxMistake.report(e, source, mistakes);
      return new Rejected(mistakes.sorted());
    }
  }

  /// Nothing but white space and comments.
  private static boolean isEmpty(String text) {
    return text.lines()
        .map(line -> line.replace("\uFEFF", "").strip())
        .allMatch(line -> line.isEmpty() || line.startsWith("#"));
  }

  private static Document document(SourceText source) {
    ParserOptions options =
        ParserOptions.newParserOptions()
            .maxCharacters(FILE_BYTES_MAX)
            .maxTokens(TOKENS_MAX)
            .maxWhitespaceTokens(FILE_BYTES_MAX)
            .maxRuleDepth(RULE_DEPTH_MAX)
            .captureIgnoredChars(false)
            .captureLineComments(false)
            .build();
    return Parser.parse(
        ParserEnvironment.newParserEnvironment()
            .document(source.text())
            .parserOptions(options)
            .build());
  }

  private static ParseResult read(Document document, SourceText source, Mistakes mistakes) {
    Declarations declarations = Declarations.of(document, source, mistakes);
    TypeReader types = new TypeReader(declarations, source, mistakes);
    ModelReader modelReader = new ModelReader(declarations, types, source, mistakes);
    List<Model> models = declarations.models().values().stream().map(modelReader::read).toList();
    List<EnumType> enums = types.enums();
    List<ValueType> valueTypes = types.valueTypes();
    new Linter(declarations, source, mistakes).check(models);
    if (mistakes.isEmpty()) {
      new GraphQlNameCheck(declarations, mistakes).check(models, enums, valueTypes);
    }
    return mistakes.isEmpty()
        ? new Parsed(new Schema(source.text(), models, enums, valueTypes))
        : new Rejected(mistakes.sorted());
  }
}
