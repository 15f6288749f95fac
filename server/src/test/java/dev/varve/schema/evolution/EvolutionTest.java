package dev.varve.schema.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Schemas;
import dev.varve.schema.sdl.ShopSchemaTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Two schema files after one another: what the second does to the data of the first.
class EvolutionTest {
  private static Plan plan(String stored, String next) {
    return Evolution.plan(Schemas.parse(stored), Schemas.parse(next));
  }

  private static void does(String stored, String next, String... sentences) {
    Plan plan = plan(stored, next);
    assertThat(plan.refusals()).isEmpty();
    assertThat(plan.safe()).isTrue();
    assertThat(plan.changes()).extracting(SchemaChange::sentence).containsExactly(sentences);
  }

  private static void refuses(String stored, String next, String... refusals) {
    Plan plan = plan(stored, next);
    assertThat(plan.safe()).isFalse();
    assertThat(plan.refusals())
        .extracting(refusal ->
            "%d:%d: %s"
                .formatted(
                    refusal.location().line(), refusal.location().column(), refusal.message()))
        .containsExactly(refusals);
  }

  @Test
  void aFirstFileAddsItsModels() {
    Plan plan = Evolution.plan(Schema.EMPTY, Schemas.parse(ShopSchemaTest.shopText()));
    assertThat(plan.safe()).isTrue();
    assertThat(plan.changes())
        .extracting(SchemaChange::sentence)
        .containsExactly(
            "Adds the model User, served at /api/users.",
            "Adds the model Order, served at /api/orders.",
            "Adds the model OrderLine, served at /api/order-lines.",
            "Adds the model Account, served at /api/accounts.",
            "Adds the model SecurityEvent, served at /api/security-events.");
  }

  @Test
  void theSameFileDoesNothing() {
    String moved = "\n\n# moved down\n" + ShopSchemaTest.shopText();
    does(ShopSchemaTest.shopText(), moved.replace("\n\n\n", "\n"));
  }

  @Test
  void newFieldsAreEmptyOrGetTheirDefault() {
    does(
        "type User @model { name: String! }",
        """
        type User @model {
          name: String!
          nick: String
          role: String! @default(value: "guest")
          boss: User
        }
        """,
        "Adds User.nick (String); it is empty in records that are there.",
        "Adds User.role (String!); records that are there get guest.",
        "Adds User.boss (User); it is empty in records that are there.",
        "Indexes User by boss.");
  }

  @Test
  void newFieldsThatAreRequiredNeedADefault() {
    refuses(
        "type User @model { name: String! }",
        """
        type User @model {
          name: String!
          role: String!
          boss: User!
          tags: [String!]!
        }
        """,
        "3:3: User.role is new and required, but records that are stored have none. Add a @default, which they get, or write String.",
        "4:3: User.boss is new and required, but records that are stored have none. Write User without '!' and fill it in.",
        "5:3: User.tags is new and required, but records that are stored have none. Add a @default, which they get, or write [String!].");
  }

  @Test
  void fieldsGoOnlyWhenTheFileSaysSo() {
    refuses(
        "type User @model { name: String! age: Int }",
        "type User @model { name: String! }",
        "1:6: User.age is gone, and its stored values would be too. Write @removed(fields: [\"age\"]) on User to let them go, or @renamedFrom(name: \"age\") on the field that it became.");
    does(
        "type User @model @index(fields: [\"age\"]) { name: String! age: Int }",
        "type User @model @removed(fields: [\"age\"]) { name: String! }",
        "Drops the index of User by age.",
        "Removes User.age with its values, as @removed says; the log keeps them.");
  }

  @Test
  void renamedFieldsKeepTheirValues() {
    Plan plan =
        plan(
            "type User @model { mail: Email! @unique age: Int }",
            "type User @model { email: Email! @unique @renamedFrom(name: \"mail\") age: Int }");
    assertThat(plan.changes())
        .extracting(SchemaChange::sentence)
        .containsExactly(
            "Drops the unique index of User by mail.",
            "Renames User.mail to email; its values stay the same.",
            "Lets no two records of User agree in email; it fails if stored ones do.");
    SchemaChange.RenameField rename = (SchemaChange.RenameField) plan.changes().get(1);
    assertThat(rename.from().name()).isEqualTo("mail");
    assertThat(rename.to().name()).isEqualTo("email");
  }

  @Test
  void aRenameThatIsDoneMayStayInTheFile() {
    String renamed = "type User @model { email: Email @renamedFrom(name: \"mail\") }";
    does(renamed, renamed);
    does(
        "type User @model { x: Int }",
        "type User @model { x: Int email: Email @renamedFrom(name: \"mail\") }",
        "Adds User.email (Email); it is empty in records that are there.");
  }

  @Test
  void renamedModelsKeepTheirRecordsAndWhatRefersToThem() {
    does(
        """
        type Person @model { name: String }
        type Note @model { by: Person! }
        """,
        """
        type Client @model @renamedFrom(name: "Person") { name: String }
        type Note @model { by: Client! }
        """,
        "Renames Person to Client, served at /api/clients; its records stay the same.");
  }

  @Test
  void anotherPluralMovesTheModel() {
    Plan plan =
        plan(
            "type Person @model @index(fields: [\"name\"]) { name: String }",
            "type Person @model(plural: \"folk\") @index(fields: [\"name\"]) { name: String }");
    assertThat(plan.changes())
        .extracting(SchemaChange::sentence)
        .containsExactly(
            "Drops the index of Person by name.",
            "Serves Person at /api/folk instead of /api/people; its records stay the same.",
            "Indexes Person by name.");
  }

  @Test
  void aTableIsNotTakenOverInTheSameStep() {
    refuses(
        "type User @model { x: Int }",
        """
        type Client @model @renamedFrom(name: "User") { x: Int }
        type Member @model(plural: "users") { x: Int }
        """,
        "2:6: Member would take over /api/users from User in the same step. Give it another @model(plural:), or apply the file twice: first without Member.");
  }

  @Test
  void modelsDoNotGo() {
    refuses(
        "type User @model { x: Int } type Order @model { x: Int }",
        "type User @model { x: Int } type Order { x: Int }",
        "0:0: The model Order is gone, but its records are stored. Keep the type without @auth, so that nobody sees it, or write @renamedFrom(name: \"Order\") on the model that it became.");
  }

  @Test
  void requiredFieldsMayBecomeOptional() {
    does(
        "type User @model { name: String! }",
        "type User @model { name: String }",
        "Makes User.name optional.");
  }

  @Test
  void optionalFieldsBecomeRequiredWithADefault() {
    does(
        "type User @model { name: String }",
        "type User @model { name: String! @default(value: \"nobody\") }",
        "Makes User.name required; records without it get nobody.");
    refuses(
        "type User @model { name: String }",
        "type User @model { name: String! }",
        "1:20: User.name becomes required, but records that are stored may have none. Add a @default, which they get, or write String.");
  }

  @Test
  void typesMayOnlyBecomeWider() {
    does(
        """
        type A @model { a: Int b: Email c: UUID d: Url e: Role f: [Int!] g: UUID }
        enum Role { ADMIN }
        """,
        "type A @model { a: Long b: String c: ID d: String e: String f: [Long!] g: String }",
        "Turns A.a from Int to Long; its values stay the same.",
        "Turns A.b from Email to String; its values stay the same.",
        "Turns A.c from UUID to ID; its values stay the same.",
        "Turns A.d from Url to String; its values stay the same.",
        "Turns A.e from Role to String; its values stay the same.",
        "Turns A.f from Int to Long; its values stay the same.",
        "Turns A.g from UUID to String; its values stay the same.");
    refuses(
        "type A @model { id: ID! age: Int born: DateTime } type B @model { a: A }",
        "type A @model { id: UUID! age: String born: Date } type B @model { a: B }",
        "1:17: A.id cannot turn from ID to UUID: stored values would be misread. Keep ID, and add a field of another name for the new type.",
        "1:27: A.age cannot turn from Int to String: stored values would be misread. Keep Int, and add a field of another name for the new type.",
        "1:39: A.born cannot turn from DateTime to Date: stored values would be misread. Keep DateTime, and add a field of another name for the new type.",
        "1:68: B.a cannot turn from A to B: stored values would be misread. Keep A, and add a field of another name for the new type.");
  }

  @Test
  void listsStayListsAndOthersDoNotBecomeThem() {
    refuses(
        "type A @model { x: Int y: [Int] z: [Int] }",
        "type A @model { x: [Int] y: Int z: [Int!] }",
        "1:17: A.x cannot turn from Int to [Int]: stored values are no lists. Keep it, and add a field of another name for the new type.",
        "1:26: A.y cannot turn from [Int] to Int: stored values are lists. Keep it, and add a field of another name for the new type.",
        "1:33: A.z cannot turn from [Int] to [Int!]: stored lists may have empty elements. Keep [Int].");
    does("type A @model { z: [Int!] }", "type A @model { z: [Int] }");
  }

  @Test
  void scalesStay() {
    refuses(
        "type A @model { low: Decimal @scale(digits: 4) high: Decimal @scale(digits: 2) }",
        "type A @model { low: Decimal @scale(digits: 2) high: Decimal }",
        "1:17: A.low cannot turn from @scale(digits: 4) to 2: stored values have 4 decimal places. Keep @scale(digits: 4), and add a field of another name for the new scale.",
        "1:48: A.high cannot turn from @scale(digits: 2) to 6: stored values have 2 decimal places. Keep @scale(digits: 2), and add a field of another name for the new scale.");
  }

  @Test
  void enumsGrowAndDoNotShrink() {
    does(
        "type A @model { x: E y: E } enum E { ONE }",
        "type A @model { x: E y: E } enum E { ONE TWO }",
        "Adds the value TWO to E.");
    refuses(
        "type A @model { x: E y: E } enum E { ONE TWO }",
        "type A @model { x: E y: E } enum E { ONE }",
        "1:17: E has lost the value TWO, which A.x may hold in stored records. Keep it.");
  }

  @Test
  void enumsAndValueTypesMayHaveOtherNames() {
    does(
        "type A @model { x: E v: V } enum E { ONE } type V { s: String }",
        "type A @model { x: F v: W } enum F { ONE } type W { s: String }");
  }

  @Test
  void valuesGrowByOptionalMembers() {
    does(
        "type A @model { v: V } type V { s: String! n: Int }",
        "type A @model { v: V } type V { s: String @length(max: 5) n: Long more: Int }",
        "Makes V.s optional.",
        "Checks V.s otherwise, from the next write on; stored values stay as they are.",
        "Turns V.n from Int to Long; stored values stay as they are.",
        "Adds V.more; it is empty in values that are there.");
    refuses(
        "type A @model { v: V } type V { s: String t: Int u: Int }",
        "type A @model { v: V } type V { s: String! more: Int! u: String }",
        "1:33: V.s becomes required, but stored values may lack it. Write String.",
        "1:33: V.t is gone, but stored values may hold it. Keep it; it may be optional.",
        "1:44: V.more is new and required, but stored values lack it. Write Int.",
        "1:55: V.u cannot turn from Int to String: stored values would be misread. Keep Int, and add a field of another name for the new type.");
  }

  @Test
  void indexesComeAndGo() {
    does(
        "type A @model @index(fields: [\"x\", \"y\"]) { x: Int y: Int @unique }",
        "type A @model @unique(fields: [\"x\", \"y\"]) { x: Int y: Int }",
        "Drops the unique index of A by y.",
        "Drops the index of A by x, y.",
        "Lets no two records of A agree in x, y; it fails if stored ones do.");
  }

  @Test
  void historyIsDecidedWhenAModelIsNew() {
    refuses(
        "type A @model { x: Int } type B @model(history: false) { x: Int }",
        "type A @model(history: false) { x: Int } type B @model { x: Int }",
        "1:6: A keeps its history, and reads of the past rely on it. Remove history: false.",
        "1:47: B has kept no history so far, and reads of the past would be wrong. Keep history: false; a new model can have a history from its start.");
  }

  @Test
  void checksRulesCachesAndTextsTouchNothingStored() {
    Plan plan =
        plan(
            """
            type A @model { x: String bs: [B!]! @hasMany(by: "a") }
            type B @model { a: A }
            """,
            """
            "All of them."
            type A @model(cache: {strategy: NONE}) @auth(rules: [{allow: public}]) {
              "The one."
              x: String @length(max: 5) @pattern(regex: "x+") @default(value: "xx") @readonly
                @auth(rules: [{allow: where, when: "true"}])
              many: [B!]! @hasMany(by: "a")
            }
            type B @model { a: A @relation(onDelete: CASCADE) }
            """);
    assertThat(plan.safe()).isTrue();
    assertThat(plan.changes())
        .hasOnlyElementsOfType(SchemaChange.NothingStored.class)
        .extracting(SchemaChange::sentence)
        .containsExactly(
            "Checks A.x otherwise, from the next write on; stored values stay as they are.",
            "Changes the default of A.x for new records.",
            "Changes when A.x may be set.",
            "Changes who may do what with A.x.",
            "Describes A.x anew.",
            "Changes who may do what with A.",
            "Changes how A is cached.",
            "Changes the lists that A shows.",
            "Describes A anew.",
            "Changes what a deletion means for B.a.");
  }

  @Test
  void changesComeInTheOrderInWhichTheyCanBeApplied() {
    Plan plan =
        plan(
            """
            type A @model @index(fields: ["old"]) { old: Int gone: Int kept: Int! }
            """,
            """
            type New @model { a: Z }
            type Z @model @renamedFrom(name: "A") @index(fields: ["later"]) @removed(fields: ["gone"]) {
              more: Int
              kept: Long
              later: Int! @default(value: 1) @renamedFrom(name: "old")
            }
            """);
    assertThat(plan.refusals()).isEmpty();
    assertThat(plan.changes().stream().<Class<?>>map(SchemaChange::getClass).toList())
        .isEqualTo(
            List.of(
                SchemaChange.DropIndex.class,
                SchemaChange.RenameModel.class,
                SchemaChange.AddModel.class,
                SchemaChange.RemoveField.class,
                SchemaChange.RenameField.class,
                SchemaChange.AddField.class,
                SchemaChange.Widen.class,
                SchemaChange.Loosen.class,
                SchemaChange.Require.class,
                SchemaChange.AddIndex.class));
  }
}
