package dev.varve.proof;

import dev.varve.proof.FieldShape.Kind;
import dev.varve.proof.FieldShape.OnDelete;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The schema of the model-based test, before and after it is changed: the file, the same by hand, and
/// what the change does to a record.
record Shapes(String source, List<ModelShape> models, List<String> addressMembers) {
  private static final String RULES = "@auth(rules: [{allow: public}])";

  static final Shapes BEFORE =
      new Shapes(
          """
          type Team @model(cache: {strategy: CACHE_ASIDE}) @index(fields: ["title"], ignoreCase: true) %1$s {
            code: String! @unique(ignoreCase: true)
            title: String
            lead: Member @relation(onDelete: SET_NULL)
            members: [Member!]! @hasMany(by: "team")
          }
          type Member @model @unique(fields: ["team", "number"]) %1$s {
            team: Team @relation(onDelete: CASCADE)
            number: Int
            email: Email @unique
            mentor: Member @relation(onDelete: SET_NULL)
            level: Level! @default(value: "LOW")
            home: Address
            scores: [Int!]
            nick: String
            joined: Date
            seen: DateTime
            balance: Decimal! @scale(digits: 2) @default(value: "0")
            ratio: Float
            active: Boolean
            counter: Long
            site: Url
            badge: UUID
            extra: JSON
          }
          type Ticket @model %1$s {
            owner: Member! @relation(onDelete: RESTRICT)
            parent: Ticket @relation(onDelete: CASCADE)
            root: Ticket @relation(onDelete: CASCADE)
            code: String @immutable
            stops: [Address!]
          }
          type Note @model(history: false) %1$s {
            ticket: Ticket! @relation(onDelete: CASCADE)
            text: String
          }
          type Address { street: String! city: String floor: Int }
          enum Level { LOW HIGH }
          """
              .formatted(RULES),
          models(
              List.of(
                  FieldShape.of("level", Kind.LEVEL).needed().otherwise("LOW"),
                  FieldShape.of("nick", Kind.TEXT),
                  FieldShape.of("active", Kind.BOOLEAN),
                  FieldShape.of("counter", Kind.LONG)),
              List.of(),
              List.of(List.of("team", "number"), List.of("email")),
              "Note"),
          List.of("street", "city", "floor"));

  static final Shapes AFTER =
      new Shapes(
          """
          type Team @model(cache: {strategy: CACHE_ASIDE}) @index(fields: ["title"]) %1$s {
            budget: Decimal! @scale(digits: 1) @default(value: "7.5")
            code: String! @unique(ignoreCase: true)
            title: String
            lead: Member @relation(onDelete: SET_NULL)
          }
          type Member @model @unique(fields: ["team", "number"]) @index(fields: ["alias"], ignoreAccents: true) @removed(fields: ["counter"]) %1$s {
            team: Team @relation(onDelete: CASCADE)
            number: Int
            email: Email
            mentor: Member @relation(onDelete: SET_NULL)
            level: String! @default(value: "LOW")
            home: Address
            scores: [Int!]
            alias: String @renamedFrom(name: "nick")
            joined: Date
            seen: DateTime
            balance: Decimal! @scale(digits: 2) @default(value: "0")
            ratio: Float
            active: Boolean! @default(value: false)
            site: Url
            badge: UUID
            extra: JSON
            word: String @default(value: "new")
          }
          type Ticket @model %1$s {
            owner: Member! @relation(onDelete: RESTRICT)
            parent: Ticket @relation(onDelete: CASCADE)
            root: Ticket @relation(onDelete: CASCADE)
            code: String @immutable
            stops: [Address!]
          }
          type Remark @model(history: false) @renamedFrom(name: "Note") %1$s {
            ticket: Ticket! @relation(onDelete: CASCADE)
            text: String
          }
          type Address { zip: String street: String! city: String floor: Int }
          """
              .formatted(RULES),
          models(
              List.of(
                  FieldShape.of("level", Kind.LEVEL).needed().otherwise("LOW"),
                  FieldShape.of("alias", Kind.TEXT),
                  FieldShape.of("active", Kind.BOOLEAN).needed().otherwise(false),
                  FieldShape.of("word", Kind.TEXT).otherwise("new")),
              List.of(FieldShape.of("budget", Kind.DECIMAL).needed().otherwise("7.5")),
              List.of(List.of("team", "number")),
              "Remark"),
          List.of("zip", "street", "city", "floor"));

  private static List<ModelShape> models(
      List<FieldShape> ofMember,
      List<FieldShape> ofTeam,
      List<List<String>> uniquesOfMember,
      String note) {
    List<FieldShape> team = new ArrayList<>(ofTeam);
    team.add(FieldShape.of("code", Kind.CODE).needed());
    team.add(FieldShape.of("title", Kind.TEXT));
    team.add(FieldShape.reference("lead", "Member", OnDelete.SET_NULL));
    List<FieldShape> member = new ArrayList<>(ofMember);
    member.add(FieldShape.reference("team", "Team", OnDelete.CASCADE));
    member.add(FieldShape.of("number", Kind.INT));
    member.add(FieldShape.of("email", Kind.EMAIL));
    member.add(FieldShape.reference("mentor", "Member", OnDelete.SET_NULL));
    member.add(FieldShape.of("home", Kind.ADDRESS));
    member.add(FieldShape.of("scores", Kind.INTS));
    member.add(FieldShape.of("joined", Kind.DATE));
    member.add(FieldShape.of("seen", Kind.INSTANT));
    member.add(FieldShape.of("balance", Kind.DECIMAL).needed().otherwise("0.00"));
    member.add(FieldShape.of("ratio", Kind.FLOAT));
    member.add(FieldShape.of("site", Kind.URL));
    member.add(FieldShape.of("badge", Kind.UUID));
    member.add(FieldShape.of("extra", Kind.JSON));
    List<FieldShape> ticket =
        List.of(
            FieldShape.reference("owner", "Member", OnDelete.RESTRICT).needed(),
            FieldShape.reference("parent", "Ticket", OnDelete.CASCADE),
            FieldShape.reference("root", "Ticket", OnDelete.CASCADE),
            FieldShape.of("code", Kind.TEXT).fixed(),
            FieldShape.of("stops", Kind.ADDRESSES));
    List<FieldShape> remark =
        List.of(
            FieldShape.reference("ticket", "Ticket", OnDelete.CASCADE).needed(),
            FieldShape.of("text", Kind.TEXT));
    return List.of(
        new ModelShape("Team", "t", true, List.copyOf(team), List.of(List.of("code"))),
        new ModelShape("Member", "m", true, List.copyOf(member), uniquesOfMember),
        new ModelShape("Ticket", "k", true, ticket, List.of()),
        new ModelShape(note, "n", false, remark, List.of()));
  }

  ModelShape model(String name) {
    return models.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No model " + name));
  }

  /// The name that a model of [#BEFORE] has in [#AFTER].
  static String renamed(String model) {
    return model.equals("Note") ? "Remark" : model;
  }

  /// What the change of the schema does to the values of a record.
  static Map<String, @Nullable Object> evolved(String model, Map<String, @Nullable Object> values) {
    Map<String, @Nullable Object> next = new LinkedHashMap<>(values);
    switch (model) {
      case "Team" -> next.put("budget", "7.5");
      case "Member" -> {
        next.put("alias", next.remove("nick"));
        next.remove("counter");
        next.putIfAbsent("active", false);
        next.put("word", "new");
      }
      default -> {}
    }
    return next;
  }
}
