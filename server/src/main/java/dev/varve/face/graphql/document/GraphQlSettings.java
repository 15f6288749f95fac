package dev.varve.face.graphql.document;

import dev.varve.settings.Setting;
import dev.varve.settings.SettingRecords;
import java.util.Map;

/// How the GraphQL face behaves; section `graphql` of `varve.yaml`.
public record GraphQlSettings(
    @Setting(
            standard = "false",
            says =
                "Whether everybody may ask for the schema (`__schema`, `__type`); `varve dev` always allows it.")
        boolean introspection,
    @Setting(
            standard = "false",
            says =
                "Whether a browser that opens /graphql gets GraphiQL; `varve dev` always gives it.")
        boolean graphiql,
    @Setting(
            standard = "",
            says =
                "A file of the operations that are allowed, beside varve.yaml; without it every operation is.")
        String allowList,
    @Setting(
            standard = "12",
            min = 1,
            max = 100,
            says = "How deep the fields of an operation may lie in each other.")
        int depthMax,
    @Setting(
            standard = "500",
            min = 1,
            max = 100_000,
            says = "How many fields an operation may have, counting those of a fragment each time.")
        int fieldsMax,
    @Setting(
            standard = "50",
            max = 100_000,
            says = "How many fields of an operation may have an alias, counted in the same way.")
        int aliasesMax,
    @Setting(
            standard = "20",
            min = 1,
            max = 1_000,
            says = "How many fields an operation may have at its root.")
        int rootFieldsMax,
    @Setting(standard = "50", max = 10_000, says = "How many fragments a document may have.")
        int fragmentsMax,
    @Setting(
            standard = "10",
            min = 1,
            max = 1_000,
            says = "How many operations a document may have; one of them is carried out.")
        int operationsMax,
    @Setting(
            standard = "50000",
            min = 1,
            says =
                "How many records an operation may ask for, by its page sizes: the product of those of lists within lists.")
        int costMax,
    @Setting(
            standard = "65536",
            min = 256,
            max = 16 * 1024 * 1024,
            says = "The longest document in characters.")
        int documentCharactersMax,
    @Setting(
            standard = "10000",
            min = 16,
            max = 1_000_000,
            says = "How many tokens (names, numbers, braces and so on) a document may have.")
        int documentTokensMax,
    @Setting(
            standard = "10",
            max = 1_000,
            says =
                "How many operations one request may carry as a JSON array; 0 takes no arrays. Each is carried out for itself.")
        int requestsMax,
    @Setting(
            standard = "500000",
            max = 100_000_000,
            says =
                "How many characters of documents are kept parsed and checked, and as many as persisted queries.")
        int cachedCharactersMax) {
  public static final GraphQlSettings DEFAULT =
      new GraphQlSettings(
          false, false, "", 12, 500, 50, 20, 50, 10, 50_000, 65_536, 10_000, 10, 500_000);

  /// The same for whoever writes the application.
  public GraphQlSettings forDevelopment() {
    return SettingRecords.changed(this, Map.of("introspection", true, "graphiql", true));
  }

  /// The same with the list of allowed operations in another place.
  public GraphQlSettings withAllowList(String otherFile) {
    return SettingRecords.changed(this, Map.of("allowList", otherFile));
  }
}
