package dev.varve.face.graphql.document;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Nearest;
import graphql.language.Document;
import graphql.language.FragmentDefinition;
import graphql.language.Node;
import graphql.language.OperationDefinition;
import graphql.language.SourceLocation;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;
import graphql.parser.exceptions.ParseCancelledException;
import graphql.parser.exceptions.ParseCancelledTooDeepException;
import graphql.schema.GraphQLSchema;
import graphql.validation.OperationValidationRule;
import graphql.validation.QueryComplexityLimits;
import graphql.validation.ValidationError;
import graphql.validation.Validator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Parses documents and holds them against the limits, the rules of GraphQL and the list of allowed operations. What
/// passed is kept, so that this is done once for the documents that clients send again and again.
public final class Documents {
  private static final int PARSE_DEPTH_MAX = 400;
  private static final int CHARACTERS_PER_NODE = 10;
  // as the parser names the token behind the last
  private static final String END = "<EOF>";

  private final GraphQlSettings settings;
  private final AllowList allowed;
  private final ParserOptions parserOptions;
  private final Cache<String, Checked> checked;

  /// A document that may be carried out.
  public record Checked(
      List<OperationDefinition> operations, Map<String, FragmentDefinition> fragments) {
    /// The operation to carry out (GraphQL specification, section 6.1).
    ///
    /// @throws RequestRefused when it is not clear which
    public OperationDefinition operation(Optional<String> name) {
      if (name.isEmpty()) {
        if (operations.size() == 1) {
          return operations.getFirst();
        }
        throw RequestRefused.invalid(
            operations.isEmpty()
                ? "The document has no operation"
                : "The document has %d operations: say in operationName which one is meant"
                    .formatted(operations.size()));
      }
      return operations.stream()
          .filter(operation -> name.get().equals(operation.getName()))
          .findFirst()
          .orElseThrow(() ->
              RequestRefused.invalid(
                  "The document has no operation named '%s'.%s"
                      .formatted(
                          shortened(name.get()), Nearest.hint(name.get(), operationNames()))));
    }

    private List<String> operationNames() {
      return operations.stream()
          .map(OperationDefinition::getName)
          .filter(Objects::nonNull)
          .toList();
    }
  }

  public Documents(GraphQlSettings settings, AllowList allowed) {
    this.settings = settings;
    this.allowed = allowed;
    this.parserOptions =
        ParserOptions.newParserOptions()
            .maxCharacters(settings.documentCharactersMax())
            .maxTokens(settings.documentTokensMax())
            .maxWhitespaceTokens(settings.documentCharactersMax())
            .maxRuleDepth(PARSE_DEPTH_MAX)
            .captureIgnoredChars(false)
            .captureLineComments(false)
            .build();
    this.checked =
        Caffeine.newBuilder()
            .maximumWeight(settings.cachedCharactersMax())
            .weigher((String text, Checked document) -> weight(text, document))
            .build();
  }

  /// Its characters, or as many as a document of usual names would have with so many nodes: a node takes the same memory
  /// whether its text is long or short.
  private static int weight(String text, Checked document) {
    int nodes =
        document.operations().stream().mapToInt(Documents::nodes).sum()
            + document.fragments().values().stream().mapToInt(Documents::nodes).sum();
    return Math.max(text.length(), nodes * CHARACTERS_PER_NODE);
  }

  private static int nodes(Node<?> node) {
    int nodes = 1;
    for (Node<?> child : node.getChildren()) {
      nodes += nodes(child);
    }
    return nodes;
  }

  /// What a caller wrote, when it is to be shown again.
  static String shortened(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "..." : text;
  }

  /// @throws RequestRefused when it is not well-formed, too large, or breaks a rule
  public Checked checked(String text, GraphQLSchema schema) {
    Checked known = checked.getIfPresent(text);
    if (known != null) {
      return known;
    }
    Checked made = check(text, schema);
    checked.put(text, made);
    return made;
  }

  /// How many characters the documents have that are kept.
  long keptCharacters() {
    checked.cleanUp();
    return checked.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }

  private Checked check(String text, GraphQLSchema schema) {
    if (text.length() > settings.documentCharactersMax()) {
      throw OperationLimits.refused(
          "The document has more than %,d characters. Shorten it, or raise the setting graphql.documentCharactersMax"
              .formatted(settings.documentCharactersMax()));
    }
    Document document = parse(text);
    OperationLimits.check(settings, document);
    SubscriptionRoot.check(document);
    List<ValidationError> errors = validate(document, schema);
    if (!errors.isEmpty()) {
      throw RequestRefused.invalid(
          DocumentMistakes.of(document, schema, errors, new Suggestions(settings.introspection())));
    }
    Map<String, FragmentDefinition> fragments = new HashMap<>();
    document
        .getDefinitionsOfType(FragmentDefinition.class)
        .forEach(fragment -> fragments.put(fragment.getName(), fragment));
    List<OperationDefinition> operations = document.getDefinitionsOfType(OperationDefinition.class);
    allowed.require(operations, fragments);
    return new Checked(operations, fragments);
  }

  /// Without the rule that refuses what asks twice for the fields of a type: how large an answer about the schema may be
  /// is seen when it is made.
  private static List<ValidationError> validate(Document document, GraphQLSchema schema) {
    return new Validator()
        .validateDocument(
            schema,
            document,
            rule -> rule != OperationValidationRule.GOOD_FAITH_INTROSPECTION,
            Locale.ENGLISH,
            QueryComplexityLimits.NONE);
  }

  private Document parse(String text) {
    try {
      return parse(text, parserOptions);
    } catch (ParseCancelledTooDeepException e) {
      throw OperationLimits.refused("The document is nested too deep to be read");
    } catch (ParseCancelledException e) {
      throw OperationLimits.refused(
          "The document has more than %,d tokens. Shorten it, or raise the setting graphql.documentTokensMax"
              .formatted(settings.documentTokensMax()));
    } catch (InvalidSyntaxException e) {
      throw RequestRefused.invalid(List.of(error(e)));
    }
  }

  static Document parse(String text, ParserOptions options) {
    return Parser.parse(
        ParserEnvironment.newParserEnvironment()
            .document(text)
            .parserOptions(options)
            .locale(Locale.ENGLISH)
            .build());
  }

  private static GraphQlError error(InvalidSyntaxException e) {
    SourceLocation place = e.getLocation();
    String token = e.getOffendingToken();
    String message = "The document is not GraphQL" + reason(token);
    return new GraphQlError(
        message, Optional.ofNullable(place), List.of(), ErrorCode.MALFORMED_REQUEST, List.of());
  }

  private static String reason(@Nullable String token) {
    if (token == null || token.isBlank()) {
      return "";
    }
    return token.equals(END)
        ? ": it ends too early. Close what is open, such as a brace"
        : ": '%s' is not expected here".formatted(shortened(token));
  }
}
