package dev.varve.lane.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.expression.Bindings;
import dev.varve.lane.expression.ExpressionException;
import dev.varve.lane.expression.Expressions;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.expression.Vocabulary;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.InputReader;
import dev.varve.schema.record.InputReader.Mode;
import dev.varve.schema.sdl.Schemas;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessTest {
  private static final String SHOP =
      """
      type User @model @auth(rules: [{allow: where, when: "record.name != 'x'", operations: [READ]}]) {
        id: ID!
        name: String
        phone: String @auth(rules: [{allow: where, when: "record.name == 'y'"}])
        orders: [Order!]! @hasMany(by: "user")
        secrets: [Secret!]! @hasMany(by: "user")
        drafts: [Order!]! @hasMany(by: "author") @auth(rules: [{allow: public, operations: [UPDATE]}])
      }
      type Order @model @auth(rules: [
          {allow: public, operations: [READ]},
          {allow: where, when: "record.status == 'DRAFT'", operations: [UPDATE]},
          {allow: where, when: "input.status == 'DRAFT'", operations: [CREATE]},
          {allow: where, when: "record.status == 'PAID'", operations: [UPDATE]}]) {
        id: ID!
        user: User
        author: User
        secret: Secret
        status: String
        note: String @auth(rules: [{allow: public, operations: [READ]}])
        hidden: String @auth(rules: [{allow: public, operations: [UPDATE]}])
      }
      type Secret @model {
        id: ID!
        user: User
      }
      """;

  private final Schema schema = Schemas.parse(SHOP);
  private final Access access = OpenEngine.compile(schema);
  private final Grants grants = access.grants(Caller.ANONYMOUS);
  private final Model order = schema.require("Order");
  private final Model user = schema.require("User");
  private final Model secret = schema.require("Secret");

  private static List<String> mistakes(String text) {
    return switch (Access.compile(Schemas.parse(text))) {
      case RulesResult.Compiled _ -> List.of();
      case RulesResult.Rejected rejected ->
          rejected.mistakes().stream()
              .map(mistake ->
                  mistake.location().line()
                      + ":"
                      + mistake.location().column()
                      + ": "
                      + mistake.message())
              .toList();
    };
  }

  private Field field(Model model, String name) {
    return model.field(name).orElseThrow();
  }

  private Entity order(@Nullable String status) {
    @Nullable Object[] values = new Object[order.fields().size()];
    values[0] = "o1";
    values[field(order, "status").ordinal()] = status;
    return new Entity(order, values);
  }

  private static Bindings bindings() {
    return new Bindings(
        Instant.parse("2026-03-01T12:00:00Z"),
        Optional.empty(),
        Optional.empty(),
        (_, _) -> Optional.empty());
  }

  @Test
  void whatNoRuleAllowsIsDenied() {
    assertThat(grants.records(secret, Operation.READ)).isEqualTo(Predicates.never());
    assertThat(grants.records(user, Operation.UPDATE)).isEqualTo(Predicates.never());
    assertThat(grants.records(order, Operation.DELETE)).isEqualTo(Predicates.never());
  }

  @Test
  void rulesOfOneListAreAlternatives() {
    Predicate update = grants.records(order, Operation.UPDATE);

    assertThat(update.test(order("DRAFT"), bindings())).isTrue();
    assertThat(update.test(order("PAID"), bindings())).isTrue();
    assertThat(update.test(order("SHIPPED"), bindings())).isFalse();
    assertThat(grants.records(order, Operation.READ)).isEqualTo(Predicates.always());
  }

  @Test
  void aFieldWithoutRulesIsOpenAndOneWithRulesIsClosedToOtherOperations() {
    assertThat(grants.field(order, field(order, "status"), Operation.UPDATE))
        .isEqualTo(Predicates.always());
    assertThat(grants.field(order, field(order, "note"), Operation.READ))
        .isEqualTo(Predicates.always());
    assertThat(grants.field(order, field(order, "note"), Operation.UPDATE))
        .isEqualTo(Predicates.never());
    assertThat(grants.readsAllFields(order)).isFalse();
    assertThat(grants.readsAllFields(secret)).isTrue();
  }

  @Test
  void aToManyRelationHasRulesOfItsOwn() {
    assertThat(grants.readsMany(user, "orders")).isTrue();
    assertThat(grants.readsMany(user, "drafts")).isFalse();
    assertThat(grants.readsMany(user, "nothing")).isFalse();
    assertThat(grants.many(user, user.hasMany("drafts").orElseThrow()))
        .isEqualTo(Predicates.never());
  }

  @Test
  void reachNamesWhatTheRulesLookAt() {
    Schema reaching =
        Schemas.parse(
            """
            type Team @model @auth(rules: [{allow: where, when: "record.parent.open"}]) {
              id: ID!
              open: Boolean
              parent: Team
            }
            type Task @model @auth(rules: [{allow: where, when: "record.team.open || now > record.createdAt"}]) {
              id: ID!
              team: Team
            }
            """);
    Grants rules = OpenEngine.compile(reaching).grants(Caller.ANONYMOUS);
    Model team = reaching.require("Team");
    Model task = reaching.require("Task");

    assertThat(rules.reach(task).models()).containsExactlyInAnyOrder(task, team);
    assertThat(rules.reach(task).related()).isTrue();
    assertThat(rules.reach(task).now()).isTrue();
    assertThat(rules.reach(team).models()).containsExactly(team);
    assertThat(rules.reach(team).related()).isTrue();
    assertThat(rules.reach(team).now()).isFalse();
    assertThat(grants.reach(order).related()).isFalse();
  }

  @Test
  void theOperatorMayDoEverything() {
    Grants operator = access.grants(Caller.operator("import"));

    assertThat(operator.records(secret, Operation.DELETE)).isEqualTo(Predicates.always());
    assertThat(operator.field(order, field(order, "hidden"), Operation.READ))
        .isEqualTo(Predicates.always());
    assertThat(operator.readsAllFields(order)).isTrue();
    assertThat(operator.reach(order).models()).containsExactly(order);
  }

  @Test
  void aCommandThatNoRuleCouldAllowIsRefusedAtOnce() {
    Command delete = new Command.Delete(order, "o1", Precondition.NONE);

    Problem problem =
        catchThrowableOfType(Problem.class, () -> access.authorize(Caller.ANONYMOUS, delete));

    assertThat(problem.code()).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(problem)
        .hasMessage(
            "No rule allows anybody to delete Order: whoever runs this service can, with a rule for DELETE on Order");
    assertThat(access.authorize(Caller.operator("import"), delete).request()).isEqualTo(delete);
  }

  @Test
  void aCommandThatARuleMightAllowPasses() {
    Command create =
        new Command.Create(
            order,
            "o1",
            true,
            InputReader.read(order, Json.read("{}".getBytes(StandardCharsets.UTF_8)), Mode.CREATE));

    Authorized<Command> authorized = access.authorize(Caller.ANONYMOUS, create);

    assertThat(authorized.request()).isEqualTo(create);
    assertThat(authorized.caller()).isEqualTo(Caller.ANONYMOUS);
    assertThat(authorized.grants().records(order, Operation.CREATE).usesInput()).isTrue();
  }

  @Test
  void aReadOfAModelThatNobodyMayReadIsRefused() {
    Problem problem =
        catchThrowableOfType(
            Problem.class,
            () ->
                access.authorize(
                    Caller.ANONYMOUS, new Read.One(secret, "s", Moment.NOW, Selection.ALL)));

    assertThat(problem.code()).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(problem)
        .hasMessage(
            "No rule allows anybody to read Secret: whoever runs this service can, with a rule for READ on Secret");
  }

  private List<FieldError> refusal(
      Model model, String filter, List<String> sort, Selection selection) {
    try {
      Optional<Predicate> predicate =
          filter.isEmpty()
              ? Optional.empty()
              : Optional.of(Expressions.compile(schema, model, filter, Vocabulary.FILTER));
      Read.Page page =
          new Read.Page(
              model,
              Moment.NOW,
              selection,
              predicate,
              sort.stream().map(name -> new Read.Sort(field(model, name), false)).toList(),
              10,
              Optional.empty(),
              false);
      access.authorize(Caller.ANONYMOUS, page);
      return List.of();
    } catch (Problem problem) {
      assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
      return problem.details();
    } catch (ExpressionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFilterOrSortMustNotTellOfHiddenValues() {
    assertThat(
            refusal(
                order,
                "hidden == 'a' && note == 'b' && user.phone == '1'",
                List.of("status", "hidden"),
                Selection.ALL))
        .containsExactlyInAnyOrder(
            new FieldError(
                "filter", "cannot use Order.hidden, which you may not read on every record"),
            new FieldError(
                "filter", "cannot use User.phone, which you may not read on every record"),
            new FieldError(
                "sort", "cannot use Order.hidden, which you may not read on every record"));
    assertThat(refusal(order, "note == 'b' && user.name == 'z'", List.of("note"), Selection.ALL))
        .isEmpty();
  }

  private Selection expanding(Model model, String name, Selection selection) {
    return new Selection(
        Optional.empty(),
        List.of(
            model
                .hasMany(name)
                .<Selection.Expansion>map(many -> {
                  Model target = schema.require(many.target());
                  return new Selection.ToMany(many, target, field(target, many.by()), selection);
                })
                .orElseGet(() ->
                    new Selection.ToOne(
                        field(model, name),
                        schema.require(field(model, name).relation().orElseThrow().target()),
                        selection))));
  }

  @Test
  void relationsThatMayNotBeReadCannotBeExpanded() {
    assertThat(refusal(user, "", List.of(), expanding(user, "orders", Selection.ALL))).isEmpty();
    assertThat(
            refusal(
                user,
                "",
                List.of(),
                expanding(user, "orders", expanding(order, "secret", Selection.ALL))))
        .containsExactly(
            new FieldError(
                "expansion", "'orders.secret' is not a relation of Order that you may read"));
    assertThat(refusal(user, "", List.of(), expanding(user, "secrets", Selection.ALL)))
        .containsExactly(
            new FieldError("expansion", "'secrets' is not a relation of User that you may read"));
    assertThat(refusal(user, "", List.of(), expanding(user, "drafts", Selection.ALL)))
        .containsExactly(
            new FieldError("expansion", "'drafts' is not a relation of User that you may read"));
  }

  @Test
  void allRulesThatCannotBeUsedAreReportedWhereTheyStand() {
    assertThat(
            mistakes(
                """
                type User @model @auth(rules: [
                    {allow: where, when: "record.nam == 'x'"},
                    {allow: where, when: "input.name == 'x'"}]) {
                  id: ID!
                  name: String @auth(rules: [{allow: where, when: \"""
                    record.name == 'a' ||
                    record.age > 3
                  \"""}])
                }
                """))
        .hasSize(3)
        .satisfiesExactly(
            mistake -> assertThat(mistake).startsWith("2:34: ").contains("Did you mean 'name'?"),
            mistake ->
                assertThat(mistake)
                    .isEqualTo(
                        "3:27: This rule uses 'input', which READ and DELETE do not have. Write"
                            + " operations: [CREATE, UPDATE] beside it, and a rule of its own for reading."),
            mistake -> assertThat(mistake).startsWith("7:12: "));
  }

  @Test
  void rulesAreMadeForWhoeverAsks() {
    String text =
        """
        type User @model @account { name: String }
        type Note @model @auth(rules: [
            {allow: owner, operations: [READ]},
            {allow: role, roles: ["admin"], operations: [READ, UPDATE]},
            {allow: authenticated, operations: [CREATE]},
            {allow: where, when: "me.name == 'x'", operations: [DELETE]}]) {
          user: User
        }
        """;
    Schema notes = Schemas.parse(text);
    Access rules = OpenEngine.compile(notes);
    Model note = notes.require("Note");
    Entity ada = account(notes, "ada");
    Grants nobody = rules.grants(Caller.ANONYMOUS);
    Grants machine = rules.grants(Caller.machine("k", Set.of("admin")));
    Grants user = rules.grants(Caller.account(ada, Set.of("other"), "s"));

    assertThat(nobody.records(note, Operation.READ)).isEqualTo(Predicates.never());
    assertThat(machine.records(note, Operation.READ)).isEqualTo(Predicates.always());
    assertThat(machine.records(note, Operation.DELETE)).isEqualTo(Predicates.never());
    assertThat(user.records(note, Operation.UPDATE)).isEqualTo(Predicates.never());
    assertThat(user.records(note, Operation.CREATE)).isEqualTo(Predicates.always());
    assertThat(user.records(note, Operation.READ).usesAccount()).isTrue();
    assertThat(rules.grants(Caller.account(ada, Set.of("other"), "t"))).isSameAs(user);
    assertThat(user.ownersThatStay(note)).extracting(Field::name).containsExactly("user");
  }

  private static Entity account(Schema schema, String id) {
    Model model = schema.account();
    @Nullable Object[] values = new Object[model.fields().size()];
    values[0] = id;
    values[model.version().ordinal()] = 1L;
    return new Entity(model, values);
  }

  @Test
  void whoIsNobodyIsToldToSignInWhereThatCouldHelp() {
    Schema notes =
        Schemas.parse(
            """
            type Note @model @auth(rules: [
                {allow: authenticated, operations: [READ]},
                {allow: role, roles: ["admin"], operations: [DELETE]}]) { text: String }
            """);
    Access rules = OpenEngine.compile(notes);
    Model note = notes.require("Note");

    assertThat(refusal(rules, Caller.ANONYMOUS, note, Operation.READ))
        .isEqualTo(
            "UNAUTHENTICATED Nobody is signed in, and to read Note somebody must be: sign in, and send the access token as Authorization: Bearer TOKEN");
    assertThat(refusal(rules, Caller.ANONYMOUS, note, Operation.UPDATE))
        .isEqualTo(
            "FORBIDDEN No rule allows anybody to update Note: whoever runs this service can, with a rule for UPDATE on Note");
    assertThat(refusal(rules, Caller.machine("k", Set.of()), note, Operation.DELETE))
        .isEqualTo(
            "FORBIDDEN No rule allows you to delete Note: it takes a role that you do not have. An administrator can give roles");
  }

  @Test
  void refusalsNameWhatWouldHaveToBeOtherwiseAboutTheCaller() {
    Schema schema =
        Schemas.parse(
            """
            type Member @model @account { name: String }
            type Diary @model @auth(rules: [{allow: owner, ownerField: "of"}]) { of: Member! }
            type Book @model @auth(rules: [
                {allow: owner, ownerField: "of"}, {allow: role, roles: ["admin"]}]) { of: Member! }
            """);
    Access rules = OpenEngine.compile(schema);
    Caller key = Caller.machine("k", Set.of());

    assertThat(refusal(rules, key, schema.require("Diary"), Operation.READ))
        .isEqualTo(
            "FORBIDDEN No rule allows you to read Diary: it takes an account, which an API key is not");
    assertThat(refusal(rules, key, schema.require("Book"), Operation.READ))
        .isEqualTo(
            "FORBIDDEN No rule allows you to read Book: it takes a role that you do not have, or an account, which an API key is not. An administrator can give roles");
    assertThat(refusal(rules, Caller.ANONYMOUS, schema.require("Member"), Operation.CREATE))
        .isEqualTo(
            "FORBIDDEN No rule allows anybody to create Member: accounts are made by signing up (POST /auth/sign-up), or with varve user create");
  }

  private static String refusal(Access access, Caller caller, Model model, Operation operation) {
    Problem problem =
        catchThrowableOfType(Problem.class, () -> access.admit(caller, model, operation));
    return problem.code() + " " + problem.text();
  }

  @Test
  void ownersThatCannotBe() {
    assertThat(
            mistakes(
                """
                type User @model @account { boss: User }
                type Note @model @auth(rules: [{allow: owner}]) { text: String }
                type Both @model @auth(rules: [{allow: owner}]) { author: User, editor: User }
                type Typo @model @auth(rules: [{allow: owner, ownerField: "authr"}]) { author: User }
                type Text @model @auth(rules: [{allow: owner, ownerField: "text"}]) { text: String }
                type Good @model @auth(rules: [{allow: owner}]) { author: User, keeper: ID
                  due: Date @auth(rules: [{allow: owner, ownerField: "keeper"}]) }
                """))
        .containsExactly(
            "2:32: Note does not say who owns a record: add a field 'owner: User!', or name an ID that holds the id of one with ownerField",
            "3:32: Both may be owned by several: write ownerField: \"author\", or ownerField: \"editor\"",
            "4:59: Typo has no field 'authr'. Did you mean 'author'?",
            "5:59: 'text' is String and cannot name the owner: write a relation to User, or an ID that holds the id of one");
  }
}
