package dev.varve.schema.sdl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.FieldError;
import dev.varve.schema.AuthRule;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.Evolution;
import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.schema.evolution.SchemaHistory;
import dev.varve.schema.record.InputReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The models that Varve brings, and what `@account` makes of a model.
class AccountModelTest {
  private static final String NOTE = "type Note @model { text: String }\n";

  private static List<String> names(Schema schema) {
    return schema.models().stream().map(Model::name).toList();
  }

  private static Schema stored(String source) {
    return ((ParseResult.Parsed) SchemaParser.stored("schema version 1", source)).schema();
  }

  private static List<String> changes(Schema before, Schema after) {
    Plan plan = Evolution.plan(before, after);
    assertThat(plan.refusals()).isEmpty();
    return plan.changes().stream().map(SchemaChange::sentence).toList();
  }

  private static @Nullable Object read(Field field, String plain) {
    return InputReader.value(field, plain, field.name(), new ArrayList<FieldError>());
  }

  @Test
  void aSchemaWithoutAccountsGetsAUserAndEverySchemaGetsSecurityEvents() {
    Schema schema = Schemas.parse(NOTE);
    assertThat(names(schema)).containsExactly("Note", "User", "SecurityEvent");
    assertThat(schema.account().name()).isEqualTo("User");
    assertThat(schema.account().builtIn()).isTrue();
    assertThat(schema.account().fields())
        .extracting(field -> field.name() + ": " + field.typeText())
        .containsExactly(
            "id: ID!",
            "email: Email!",
            "name: String",
            "roles: [String!]!",
            "verified: Boolean!",
            "disabled: Boolean!",
            "createdAt: DateTime!",
            "updatedAt: DateTime!",
            "version: Int!");
    assertThat(schema.require("SecurityEvent").indexes())
        .extracting(Index::fieldNames)
        .containsExactly(List.of("kind", "createdAt"), List.of("account", "createdAt"));
  }

  @Test
  void theModelThatVarveBringsCanBeReferredTo() {
    Schema schema = Schemas.parse("type Note @model { by: User! } ");
    assertThat(schema.referencesTo(schema.account()))
        .extracting(reference -> reference.model().name())
        .containsExactly("Note");
  }

  @Test
  void whereItsNameIsTakenItIsCalledAccount() {
    assertThat(Schemas.parse("type User @model { x: Int }").account().name()).isEqualTo("Account");
    assertThat(Schemas.parse(NOTE + "type User { x: Int }").account().name()).isEqualTo("Account");
    assertThat(Schemas.parse("type Member @model(plural: \"users\") { x: Int }").account().path())
        .isEqualTo("accounts");
    assertThat(Schemas.mistakes("type User @model { x: Int }\ntype Account @model { x: Int }"))
        .containsExactly(
            "2:6: Nobody could sign in: write @account on the model whose records are the accounts, or call 'Account' otherwise, so that Varve can add one of that name.");
  }

  @Test
  void anAccountHasTheFieldsThatItDoesNotDeclare() {
    Schema schema =
        Schemas.parse(
            """
            type Member @model @account {
              nick: String! @unique
              name: String! @length(min: 1)
              email: Email! @unique
              orders: [Note!]! @hasMany(by: "member")
            }
            type Note @model { member: Member! }
            """);
    assertThat(names(schema)).containsExactly("Member", "Note", "SecurityEvent");
    assertThat(schema.account().fields())
        .extracting(Field::name)
        .containsExactly(
            "id",
            "nick",
            "name",
            "email",
            "roles",
            "verified",
            "disabled",
            "createdAt",
            "updatedAt",
            "version");
    assertThat(schema.account().uniques())
        .extracting(Index::fieldNames)
        .containsExactly(List.of("nick"), List.of("email"));
  }

  @Test
  void rolesVerifiedAndDisabledAreForAdministratorsWhereTheFileDoesNotSayOtherwise() {
    Model account =
        Schemas.parse(
                """
                type User @model @account {
                  roles: [String!]!
                  disabled: Boolean! @default(value: true) @auth(rules: [{allow: public}])
                }
                """)
            .account();
    Field roles = account.field("roles").orElseThrow();
    assertThat(roles.defaultValue()).contains(List.of());
    assertThat(roles.rules().orElseThrow())
        .extracting(AuthRule::allow)
        .containsExactly(
            new AuthRule.Allow.Public(), new AuthRule.Allow.Role(java.util.Set.of("admin")));
    Field disabled = account.field("disabled").orElseThrow();
    assertThat(disabled.defaultValue()).contains(true);
    assertThat(disabled.rules().orElseThrow()).hasSize(1);
  }

  @Test
  void fieldsOfAnAccountThatDoNotFit() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model @account {
                  email: Email!
                  name: Int
                  roles: [Note!]! @hasMany(by: "user")
                  verified: Boolean
                  disabled: Boolean! @immutable
                }
                type Note @model { user: User! }
                type Other @model @account { x: Int }
                type SecurityEvent { x: Int }
                type Value @account { x: Int }
                """))
        .containsExactly(
            "2:3: 'email' of an account is Email! and unique: write 'email: Email! @unique', or leave the line out.",
            "3:3: 'name' of an account is String: write 'name: String', or leave the line out.",
            "4:3: 'roles' of an account is [String!]!: write 'roles: [String!]!', or leave the line out.",
            "5:3: 'verified' of an account is Boolean!: write 'verified: Boolean!', or leave the line out.",
            "6:3: 'disabled' of an account changes with it: remove @immutable.",
            "9:19: User is the model of accounts already, in line 1, and there is one only: remove this @account.",
            "10:6: 'SecurityEvent' is a model that Varve brings: choose another name.",
            "11:12: @account belongs on a type with @model, not on a type without @model.");
  }

  @Test
  void eMailsOfAccountsAreKeptInLowerCaseAndComposed() {
    Field email = Schemas.parse(NOTE).account().field("email").orElseThrow();
    assertThat(read(email, "Ada@Example.COM")).isEqualTo("ada@example.com");
    assertThat(read(email, "A\u0301da@example.com")).isEqualTo("\u00e1da@example.com");
    Field other =
        Schemas.parse("type Lead @model { email: Email! @unique }")
            .require("Lead")
            .field("email")
            .orElseThrow();
    // the domain has no case (RFC 1035, section 2.3.3), what stands before it may
    assertThat(read(other, "Ada@Example.COM")).isEqualTo("Ada@example.com");
  }

  @Test
  void idsOfRelatedRecordsAreInLowerCaseWhereTheyAreUuids() {
    Field order =
        Schemas.parse("type Order @model { id: UUID! } type Line @model { order: Order! }")
            .require("Line")
            .field("order")
            .orElseThrow();
    assertThat(read(order, "0198C5F2-6F1A-7C3E-9B1D-2F4A8E6C0B57"))
        .isEqualTo("0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57");
  }

  @Test
  void whatIsStoredIsReadAsItWas() {
    Schema schema = Schemas.parse(NOTE);
    Schema again = stored(schema.source());
    assertThat(names(again)).isEqualTo(names(schema));
    assertThat(again.source()).isEqualTo(schema.source());
    assertThat(changes(again, schema)).isEmpty();
  }

  @Test
  void aSchemaFromBeforeThereWereAccountsGetsThemAsAnAddition() {
    Schema before = stored("type Note @model { price: Decimal @scale(digits: 2) }\n");
    assertThat(names(before)).containsExactly("Note");
    assertThatThrownBy(before::account).hasMessage("The schema has no accounts yet");
    assertThat(
            changes(before, Schemas.parse("type Note @model { price: Decimal @scale(digits: 2) }")))
        .containsExactly(
            "Adds the model User, served at /api/users.",
            "Adds the model SecurityEvent, served at /api/security-events.");
  }

  @Test
  void aModelBecomesTheModelOfAccounts() {
    String user = "type User @model%s { name: String email: Email! @unique }";
    assertThat(
            changes(Schemas.parse(user.formatted("")), Schemas.parse(user.formatted(" @account"))))
        .containsExactly(
            "Removes the model Account, which Varve brought, as User has the accounts now; it fails if it has records.",
            "Turns User.email to lower case; it fails if stored ones differ by case only.",
            "Adds User.roles ([String!]!); records that are there get [].",
            "Adds User.verified (Boolean!); records that are there get false.",
            "Adds User.disabled (Boolean!); records that are there get false.",
            "Signs users in with the records of User.",
            "Changes who may do what with User.email.");
  }

  @Test
  void theModelThatVarveBroughtIsTakenOverByDeclaringIt() {
    assertThat(
            changes(
                Schemas.parse(NOTE),
                Schemas.parse(NOTE + "type User @model @account { nick: String }")))
        .contains("Adds User.nick (String); it is empty in records that are there.");
    Plan plan =
        Evolution.plan(
            Schemas.parse(NOTE), Schemas.parse(NOTE + "type User @model { nick: String }"));
    assertThat(plan.refusals())
        .extracting(Plan.Refusal::message)
        .containsExactly(
            "User has been the model of accounts, which Varve brought. Write @account on it, so that they stay what they are, or choose another name.");
  }

  @Test
  void eventsOfAModelThatVarveTookBackAreKnown() {
    SchemaHistory history =
        new SchemaHistory(
            List.of(
                Schemas.parse("type User @model { email: Email! @unique }"),
                Schemas.parse("type User @model @account { email: Email! @unique }")));
    assertThat(history.retired(1, "Account")).isTrue();
    assertThat(history.retired(1, "User")).isFalse();
    assertThat(history.retired(1, "Nothing")).isFalse();
    assertThat(history.model(1, "Account")).isEqualTo(Optional.empty());
  }
}
