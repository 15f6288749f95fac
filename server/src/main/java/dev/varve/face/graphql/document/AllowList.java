package dev.varve.face.graphql.document;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import graphql.language.AstPrinter;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.SelectionSet;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.ParserOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The operations that are allowed when not every one is: those of a file, with the fragments that they use. They are
/// compared as GraphQL, so that white space and comments do not count.
public final class AllowList {
  private static final AllowList EVERYTHING = new AllowList(Optional.empty());
  private static final int FILE_CHARACTERS_MAX = 4 * 1024 * 1024;

  private final Optional<Set<String>> operations;

  private AllowList(Optional<Set<String>> operations) {
    this.operations = operations;
  }

  /// @param file empty for none
  /// @throws IllegalArgumentException when it cannot be read
  public static AllowList of(String file) {
    if (file.isEmpty()) {
      return EVERYTHING;
    }
    Document document = read(file);
    Map<String, FragmentDefinition> fragments = new HashMap<>();
    document
        .getDefinitionsOfType(FragmentDefinition.class)
        .forEach(fragment -> fragments.put(fragment.getName(), fragment));
    Set<String> allowed = new HashSet<>();
    document
        .getDefinitionsOfType(OperationDefinition.class)
        .forEach(operation -> allowed.add(text(operation, fragments)));
    return new AllowList(Optional.of(Set.copyOf(allowed)));
  }

  private static Document read(String file) {
    try {
      ParserOptions options =
          ParserOptions.newParserOptions()
              .maxCharacters(FILE_CHARACTERS_MAX)
              .maxTokens(FILE_CHARACTERS_MAX)
              .maxWhitespaceTokens(FILE_CHARACTERS_MAX)
              .build();
      return Documents.parse(Files.readString(Path.of(file)), options);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The file of graphql.allowList cannot be read: " + e.getMessage(), e);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(
          "%s, of graphql.allowList, is no GraphQL document: %s".formatted(file, e.getMessage()),
          e);
    }
  }

  /// @throws RequestRefused when an operation is not on the list
  void require(List<OperationDefinition> asked, Map<String, FragmentDefinition> fragments) {
    if (operations.isEmpty()) {
      return;
    }
    for (OperationDefinition operation : asked) {
      if (!operations.get().contains(text(operation, fragments))) {
        throw RequestRefused.of(
            new Problem(
                ErrorCode.FORBIDDEN,
                "The operation is not one of those that this server allows: whoever runs it can add it to the file of graphql.allowList"));
      }
    }
  }

  /// An operation and the fragments it uses, in one form whoever wrote them.
  private static String text(
      OperationDefinition operation, Map<String, FragmentDefinition> fragments) {
    TreeMap<String, FragmentDefinition> used = new TreeMap<>();
    addUsed(operation.getSelectionSet(), fragments, used);
    StringBuilder text = new StringBuilder(AstPrinter.printAstCompact(operation));
    used.values()
        .forEach(fragment -> text.append(' ').append(AstPrinter.printAstCompact(fragment)));
    return text.toString();
  }

  private static void addUsed(
      SelectionSet selections,
      Map<String, FragmentDefinition> fragments,
      Map<String, FragmentDefinition> used) {
    for (graphql.language.Selection<?> selection : selections.getSelections()) {
      switch (selection) {
        case Field field when field.getSelectionSet() != null ->
            addUsed(field.getSelectionSet(), fragments, used);
        case InlineFragment fragment -> addUsed(fragment.getSelectionSet(), fragments, used);
        case FragmentSpread spread -> {
          FragmentDefinition fragment = fragments.get(spread.getName());
          if (fragment != null && used.put(spread.getName(), fragment) == null) {
            addUsed(fragment.getSelectionSet(), fragments, used);
          }
        }
        default -> {}
      }
    }
  }
}
