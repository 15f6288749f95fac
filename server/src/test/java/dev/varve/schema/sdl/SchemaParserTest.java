package dev.varve.schema.sdl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.schema.Model;
import dev.varve.schema.ModelNames;
import dev.varve.schema.Schema;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Wrong schema files, each with every mistake that is reported, as `line:column: message`.
class SchemaParserTest {
  @Test
  void aFileThatIsEmpty() {
    assertThat(
            Schemas.mistakes(
                """
                # nothing yet
                """))
        .containsExactly(
            "1:1: The file is empty: write a type, such as 'type Note @model @auth(rules: [{allow: public}]) { text: String! }'.");
  }

  @Test
  void aFileWithoutModel() {
    assertThat(
            Schemas.mistakes(
                """
                type Address { city: String }
                """))
        .containsExactly(
            "1:1: There is no type with @model, so nothing would be stored: add @model to one.");
  }

  @Test
  void typesThatAreUnknown() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model {
                  name: Sting
                  address: Adress
                  role: Thing
                }
                type Address { city: String }
                """))
        .containsExactly(
            "2:9: Unknown type 'Sting'. Did you mean 'String'?",
            "3:12: Unknown type 'Adress'. Did you mean 'Address'?",
            "4:9: Unknown type 'Thing'. Known: User, Address, Account, SecurityEvent, ID, String, Int, Long, Float, Boolean, Decimal, DateTime, Date, UUID, Email, Url, JSON.");
  }

  @Test
  void listsOfLists() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model {
                  grid: [[Int]]
                }
                """))
        .containsExactly(
            "2:9: Lists of lists are not supported: make the inner list a field of a type of its own.");
  }

  @Test
  void directivesThatAreUnknownOrOutOfPlace() {
    assertThat(
            Schemas.mistakes(
                """
                type User @modell @model @index {
                  name: String @uniqe
                  age: Int @index(fields: ["name"])
                  address: Address
                }
                type Address @unique(fields: ["city"]) { city: String @unique @immutable }
                enum Role @auth(rules: []) { ADMIN @default(value: 1) }
                """))
        .containsExactly(
            "1:11: Unknown directive '@modell'. Did you mean 'model'?",
            "1:26: @index(fields:) is missing: write @index(fields: [\"name\"]).",
            "2:16: Unknown directive '@uniqe'. Did you mean 'unique'?",
            "3:12: @index belongs on a type with @model, not on a field of a type with @model.",
            "6:14: @unique belongs on a type with @model or a field of a type with @model, not on a type without @model.",
            "6:55: @unique belongs on a type with @model or a field of a type with @model, not on a field of a type without @model.",
            "6:63: @immutable belongs on a field of a type with @model, not on a field of a type without @model.",
            "7:11: @auth belongs on a type with @model or a field of a type with @model or a list of another model, not on an enum.",
            "7:36: @default belongs on a field of a type with @model or a field of a type without @model, not on a value of an enum.");
  }

  @Test
  void directivesThatStandTwice() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model {
                  name: String @length(min: 1) @length(max: 2)
                }
                """))
        .containsExactly("2:32: @length stands here twice: keep one.");
  }

  @Test
  void argumentsThatAreUnknownMissingOrTwice() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model(plurl: "people", history: true, history: false) {
                  name: String! @length @pattern @immutable(always: true)
                  total: Decimal @scale @default
                  best: Int @range
                }
                """))
        .containsExactly(
            "1:18: Unknown argument @model(plurl:). Did you mean 'plural'?",
            "1:50: @model(history:) is given twice: keep one.",
            "2:17: @length(max:) is missing: write @length(min: 1, max: 100).",
            "2:25: @pattern(regex:) is missing: write @pattern(regex: \"[a-z0-9-]+\").",
            "2:45: @immutable takes no arguments here.",
            "3:18: @scale(digits:) is missing: write @scale(digits: 2).",
            "3:25: @default(value:) is missing: write @default(value: ...).",
            "4:13: @range(min:) is missing: write @range(min: 0, max: 100).");
  }

  @Test
  void argumentsOfAnotherKind() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model(plural: people, history: "yes", cache: "1h") {
                  name: String! @length(min: "1", max: -1)
                  age: Int @range(min: "0")
                  total: Decimal @scale(digits: 19)
                  nick: String @pattern(regex: 5)
                }
                """))
        .containsExactly(
            "1:26: @model(plural:) must be text in quotes, such as \"orderLines\".",
            "1:43: @model(history:) must be true or false.",
            "1:57: @model(cache:) must be an object, such as {strategy: ...}.",
            "2:30: @length(min:) must be a whole number from 0 to 1000000.",
            "2:40: @length(max:) must be a whole number from 0 to 1000000.",
            "3:24: @range(min:) must be a number, without quotes.",
            "4:33: @scale(digits:) must be a whole number from 0 to 18.",
            "5:32: @pattern(regex:) must be text in quotes, such as \"[a-z0-9-]+\".");
  }

  @Test
  void cachesThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model(cache: {strategy: WRITE_TROUGH, ttl: "soon", max: 0, size: 3}) { x: Int }
                type B @model(cache: {strategy: "NONE", ttl: "400d"}) { x: Int }
                """))
        .containsExactly(
            "1:33: Unknown value 'WRITE_TROUGH' of @model(cache: {strategy:}). Did you mean 'WRITE_THROUGH'?",
            "1:52: 'ttl' must be a number with s, m, h or d, such as \"30s\", \"10m\" or \"1h\".",
            "1:65: @model(cache: {max:}) must be a whole number from 1 to 10000000.",
            "1:74: Unknown argument @model(cache: {size:}). Known: strategy, ttl, max.",
            "2:33: @model(cache: {strategy:}) must be one of WRITE_THROUGH, CACHE_ASIDE, NONE, without quotes.",
            "2:46: 'ttl' is longer than \"365d\": write less.");
  }

  @Test
  void pluralsThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model(plural: "all-of-them") { x: Int }
                """))
        .containsExactly(
            "1:23: @model(plural:) must be letters and digits in camel case, such as \"orderLines\".");
  }

  @Test
  void boundsThatNothingSatisfies() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model {
                  name: String! @length(min: 5, max: 2)
                  age: Int @range(min: 10, max: 1)
                  size: Int @range(min: 0.5)
                }
                """))
        .containsExactly(
            "2:30: @length(min:) is greater than max: no value could satisfy both.",
            "3:24: @range(min:) is greater than max: no value could satisfy both.",
            "4:25: @range(min:) must be a whole number, as the field is.");
  }

  @Test
  void constraintsThatDoNotFitTheType() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model {
                  age: Int @length(max: 3)
                  name: String @range(min: 1) @scale(digits: 2)
                  ok: Boolean @pattern(regex: "true")
                  tags: [String!] @length(max: 3) @pattern(regex: "[a-z]+")
                }
                """))
        .containsExactly(
            "2:12: @length is for text and lists, not for Int: remove it.",
            "3:16: @range is for Int, Long, Float and Decimal, not for String: remove it.",
            "3:31: @scale is for Decimal, not for String: remove it.",
            "4:15: @pattern is for text, not for Boolean: remove it.");
  }

  @Test
  void patternsThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model {
                  a: String @pattern(regex: "(")
                  b: String @pattern(regex: "((a{1000}){1000}){1000}")
                }
                """))
        .containsExactly(
            "2:29: @pattern(regex:) is no regular expression of RE2: missing closing ) '('.",
            "3:29: @pattern(regex:) repeats too much: use smaller counts.");
  }

  @Test
  void defaultsThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model {
                  role: Role! @default(value: "ADMN")
                  age: Int! @default(value: "old") @range(max: 150)
                  shoe: Int! @default(value: 200) @range(max: 60)
                  name: String @default(value: anna)
                  nick: String @default(value: null)
                  born: Date @default(value: "now")
                  friend: User @default(value: "1")
                  tags: [String!]! @default(value: ["a", 1])
                  mail: Email @default(value: "nobody")
                  price: Decimal @scale(digits: 2) @default(value: 1.234)
                }
                enum Role { ADMIN GUEST }
                """))
        .containsExactly(
            "2:31: The default of 'role' cannot be used: has no value 'ADMN'. Did you mean 'ADMIN'?",
            "3:29: The default of 'age' cannot be used: must be a whole number from -2147483648 to 2147483647.",
            "4:30: The default of 'shoe' cannot be used: must be at most 60.",
            "5:32: 'anna' is no String: write \"anna\" in quotes.",
            "6:32: null is no default: leave 'nick' without @default and without '!'.",
            "7:30: \"now\" is not supported as a default: createdAt and updatedAt keep the times of a record.",
            "8:32: 'friend' refers to a record of User, which may not be there: a relation has no default.",
            "9:36: The default of 'tags' cannot be used: tags[1] must be text.",
            "10:31: The default of 'mail' cannot be used: Invalid email format.",
            "11:52: The default of 'price' cannot be used: must have at most 2 decimal places, as its @scale says (it has 3).");
  }

  @Test
  void idsThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { id: Int! }
                type B @model { id: ID }
                type C @model { id: [ID!]! }
                type D @model { id: ID! @unique }
                """))
        .containsExactly(
            "1:21: The id is an ID! or a UUID!: write 'id: ID!'.",
            "2:21: The id is an ID! or a UUID!: write 'id: ID!'.",
            "3:22: The id is an ID! or a UUID!: write 'id: ID!'.",
            "4:25: The id takes no directives: it is unique and does not change as it is.");
  }

  @Test
  void fieldsThatVarveKeeps() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model {
                  createdAt: DateTime!
                  updatedAt: DateTime!
                  version: Int!
                }
                """))
        .containsExactly(
            "2:3: 'createdAt' comes with every model: remove this line.",
            "3:3: 'updatedAt' comes with every model: remove this line.",
            "4:3: 'version' comes with every model: remove this line.");
  }

  @Test
  void fieldsThatDifferByCaseOnly() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model {
                  name: String
                  Name: String
                  CreatedAt: DateTime
                }
                """))
        .containsExactly(
            "3:3: 'name' and 'Name' differ by case only, which no database column can: choose another name.",
            "4:3: 'CreatedAt' differs from 'createdAt', which every model has, by case only: choose another name.");
  }

  @Test
  void fieldsThatAreThereTwice() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model {
                  name: String
                  name: Int
                }
                type B { x: Int x: Int }
                """))
        .containsExactly(
            "3:3: A has the field 'name' twice, first in line 2: keep one.",
            "5:17: B has the field 'x' twice, first in line 5: keep one.");
  }

  @Test
  void fieldsThatWouldBeTakenForParameters() {
    assertThat(
            Schemas.mistakes(
                """
                type Page @model {
                  limit: Int
                  cursor: String
                  sort: String
                  fields: String
                  expand: String
                  filter: String
                  asOf: DateTime
                  count: Int
                  idempotencyKey: String
                  now: DateTime
                  in: Int
                }
                """))
        .containsExactly(
            "2:3: 'limit' would be taken for the query parameter of that name: choose another, such as 'pageLimit'.",
            "3:3: 'cursor' would be taken for the query parameter of that name: choose another, such as 'pageCursor'.",
            "4:3: 'sort' would be taken for the query parameter of that name: choose another, such as 'pageSort'.",
            "5:3: 'fields' would be taken for the query parameter of that name: choose another, such as 'pageFields'.",
            "6:3: 'expand' would be taken for the query parameter of that name: choose another, such as 'pageExpand'.",
            "7:3: 'filter' would be taken for the query parameter of that name: choose another, such as 'pageFilter'.",
            "8:3: 'asOf' would be taken for the query parameter of that name: choose another, such as 'pageAsOf'.",
            "9:3: 'count' would be taken for the query parameter of that name: choose another, such as 'pageCount'.",
            "10:3: 'idempotencyKey' would be taken for the query parameter of that name: choose another, such as 'pageIdempotencyKey'.",
            "11:3: 'now' would be taken for the word of filters and rules: choose another name, such as 'pageNow'.",
            "12:3: 'in' would be taken for the word of filters and rules: choose another name, such as 'pageIn'.");
  }

  @Test
  void namesThatAreReserved() {
    assertThat(
            Schemas.mistakes(
                """
                type Batch @model(plural: "batch") { x: Int }
                type Event @model { x: Int }
                type VarveThing @model { x: Int }
                type PgRow @model { x: Int }
                type Page @model(plural: "pageHistory") { x: Int }
                type _Hidden @model { _x: Int }
                type Span @model { position_from: Int position_to: Int }
                type Sheep @model(plural: "sheep") { x: Int }
                type String @model { x: Int }
                """))
        .containsExactly(
            "1:6: /api/batch is Varve's own: give Batch another @model(plural:).",
            "1:6: One Batch and many would both be called 'batch': give it another @model(plural:).",
            "2:6: /api/events is Varve's own: give Event another @model(plural:).",
            "3:6: The table 'varve_things' of VarveThing would have a reserved name (varve_..., sqlite_..., pg_..., ..._history): give it another @model(plural:).",
            "4:6: The table 'pg_rows' of PgRow would have a reserved name (varve_..., sqlite_..., pg_..., ..._history): give it another @model(plural:).",
            "5:6: The table 'page_history' of Page would have a reserved name (varve_..., sqlite_..., pg_..., ..._history): give it another @model(plural:).",
            "6:6: '_Hidden' begins with '_', as names inside Varve do: begin with a letter.",
            "6:23: '_x' begins with '_', as names inside Varve do: begin with a letter.",
            "7:20: 'position_from' is a column that Varve keeps in history tables: choose another name.",
            "7:39: 'position_to' is a column that Varve keeps in history tables: choose another name.",
            "8:6: One Sheep and many would both be called 'sheep': give it another @model(plural:).",
            "9:6: 'String' is a scalar that Varve brings: choose another name.");
  }

  @Test
  void namesThatAreTooLong() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg: Int }
                type AaaaaaaaaaBbbbbbbbbbCcccccccccDdddddddddEeeeeeeeeeFfffffff @model { x: Int }
                """))
        .containsExactly(
            "1:17: 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg' has 61 characters, names have at most 60: shorten it.",
            "2:6: The table 'aaaaaaaaaa_bbbbbbbbbb_cccccccccc_dddddddddd_eeeeeeeeee_ffffffffs' of AaaaaaaaaaBbbbbbbbbbCcccccccccDdddddddddEeeeeeeeeeFfffffff would have a name of 64 characters, at most 55 are possible: give it a shorter @model(plural:).");
  }

  @Test
  void modelsAtTheSamePath() {
    assertThat(
            Schemas.mistakes(
                """
                type Story @model { x: Int }
                type Stories @model(plural: "stories") { x: Int }
                """))
        .containsExactly(
            "2:6: One Stories and many would both be called 'stories': give it another @model(plural:).",
            "2:6: Story and Stories would both be served at /api/stories: give one of them another @model(plural:).");
  }

  @Test
  void typesThatAreDeclaredTwice() {
    assertThat(
            Schemas.mistakes(
                """
                type Story @model { x: Int }
                enum Story { A }
                """))
        .containsExactly("2:6: 'Story' is declared twice, first in line 1: choose another name.");
  }

  @Test
  void enumValuesThatStandTwice() {
    assertThat(
            Schemas.mistakes(
                """
                type Story @model { kind: Kind }
                enum Kind { A B A }
                """))
        .containsExactly("2:17: Kind has the value 'A' twice: keep one.");
  }

  @Test
  void declarationsOfOtherKinds() {
    assertThat(
            Schemas.mistakes(
                """
                type Query { x: Int }
                type Mutation { x: Int }
                interface Named { name: String }
                type A @model { x: Int }
                type B implements Named @model { name: String }
                union AB = A | B
                input NewA { x: Int }
                scalar DateTime
                scalar Money
                directive @model on OBJECT
                schema { query: Query }
                extend type A { y: Int }
                fragment F on A { x }
                """))
        .containsExactly(
            "1:6: Varve makes queries, mutations and subscriptions from the models: remove type 'Query'.",
            "2:6: Varve makes queries, mutations and subscriptions from the models: remove type 'Mutation'.",
            "3:1: Interfaces are not supported: write the fields of 'Named' into each type.",
            "5:6: Interfaces are not supported: remove 'implements' from B.",
            "6:1: Unions are not supported: instead of 'AB' write one type with optional fields.",
            "7:1: Varve makes input types from the models: remove input 'NewA'.",
            "8:1: Varve brings the scalar 'DateTime': remove this line.",
            "9:1: There are no scalars of your own: instead of 'Money' use one of ID, String, Int, Long, Float, Boolean, Decimal, DateTime, Date, UUID, Email, Url, JSON.",
            "10:1: Varve brings its directives: remove the definition of '@model'.",
            "11:1: Varve makes the schema element from the models: remove it.",
            "12:1: Types are not extended: write this into 'A' itself.",
            "13:1: A schema file holds types and enums only: remove this.");
  }

  @Test
  void fieldsWithArguments() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { x(y: Int): Int }
                """))
        .containsExactly("1:17: Fields take no arguments: remove those of 'x'.");
  }

  @Test
  void relationsThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type Order @model {
                  user: User! @relation(onDelete: SET_NULL)
                  other: User @relation(onDelete: CASCAD)
                  name: String @relation(onDelete: CASCADE)
                }
                type User @model { x: Int }
                """))
        .containsExactly(
            "2:35: SET_NULL cannot empty a required field: write User without '!', or RESTRICT or CASCADE.",
            "3:35: Unknown value 'CASCAD' of @relation(onDelete:). Did you mean 'CASCADE'?",
            "4:16: @relation is for a field whose type has @model, not for String: remove it.");
  }

  @Test
  void listsOfModelsWithoutTheirOtherSide() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model {
                  orders: [Order!]!
                  drafts: [Order!]! @hasMany(by: "usr")
                  notes: [Note!]! @hasMany(by: "user")
                  tags: [Note!]! @hasMany(by: "text")
                  name: String @hasMany(by: "x")
                  more: [Order!]! @hasMany @immutable
                }
                type Order @model { user: User! }
                type Note @model { text: String }
                """))
        .containsExactly(
            "2:3: A list of Order is not stored in User: write @hasMany(by: \"user\"), naming the field of Order that refers to User.",
            "3:34: Order has no field 'usr'. Did you mean 'user'?",
            "4:32: Note has no field 'user'. Add 'user: User!' to Note.",
            "5:31: 'text' of Note does not refer to User. Add 'user: User!' to Note.",
            "6:16: @hasMany belongs on a list of another model, not on a field of a type with @model.",
            "7:19: @hasMany(by:) is missing: write @hasMany(by: \"user\").",
            "7:28: @immutable belongs on a field of a type with @model, not on a list of another model.");
  }

  @Test
  void valuesThatContainThemselves() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model { box: Box }
                type Box { name: String inner: Part }
                type Part { box: [Box!] }
                """))
        .containsExactly(
            "3:19: Box would contain itself: a value cannot. Give Part a @model, or use JSON.");
  }

  @Test
  void valuesThatReferToRecords() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model { box: Box }
                type Box { owner: User! others: [User!]! }
                """))
        .containsExactly(
            "2:19: Box is no model, and only models refer to records: give Box a @model, or keep the id of the User as ID.",
            "2:34: Box is no model, and only models refer to records: give Box a @model, or keep the id of the User as ID.");
  }

  @Test
  void indexesThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type Order @model
                  @index(fields: ["statu", "createdAt"])
                  @index(fields: [])
                  @index(fields: ["status", "status"])
                  @unique(fields: ["tags"])
                  @unique
                  @index(fields: ["status"])
                  @index(fields: ["status"]) {
                  status: String
                  tags: [String!]
                  meta: JSON @unique
                  number: Int @unique(fields: ["number"])
                }
                """))
        .containsExactly(
            "2:20: Order has no field 'statu'. Did you mean 'status'?",
            "3:18: @index(fields:) is empty: name one at least.",
            "4:30: @index names 'status' twice.",
            "5:21: 'tags' is [String!], which has no order: @unique takes scalars other than JSON, enums and relations.",
            "6:3: @unique(fields:) is missing: write @unique(fields: [\"name\"]).",
            "8:18: This @index is there already: remove it.",
            "11:14: 'meta' is JSON, which has no order: @unique takes scalars other than JSON, enums and relations.",
            "12:31: @unique on a field is for that field: write @unique alone, or move @unique(fields:) to the type.");
  }

  @Test
  void readonlyFieldsThatNobodyCouldFill() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { total: Int! @readonly }
                """))
        .containsExactly(
            "1:17: 'total' is required, but nobody may set it: add a @default, or write Int! without the last '!'.");
  }

  @Test
  void rulesThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model @auth(rules: [
                  {allow: ownr},
                  {allow: publc},
                  {allow: "public"},
                  {allow: where},
                  {allow: where, when: " "},
                  {allow: public, when: "true"},
                  {operations: [READ]},
                  {allow: public, operations: [WRITE]},
                  {allow: public, operations: []},
                  {allow: public, to: "all"},
                  "public",
                  {allow: role},
                  {allow: role, roles: []},
                  {allow: role, roles: ["a b"]},
                  {allow: authenticated, roles: ["admin"], ownerField: "x"},
                  {allow: owner, ownerField: user, transferable: "yes"}]) {
                  x: Int @auth
                  y: Int @auth(rules: [])
                }
                """))
        .containsExactly(
            "2:11: Unknown rule 'allow: ownr'. Did you mean 'owner'?",
            "3:11: Unknown rule 'allow: publc'. Did you mean 'public'?",
            "4:11: @auth(rules: [{allow:}]) must be a word without quotes, such as public.",
            "5:3: @auth(rules: [{when:}]) is missing: write when: \"record.status == 'SHARED'\".",
            "6:24: 'when' is empty: write a condition, such as \"record.status == 'SHARED'\".",
            "7:25: 'when' belongs to allow: where; allow: public does not ask for it.",
            "8:3: @auth(rules: [{allow:}]) is missing: write allow: public, authenticated, owner, role, scope or where.",
            "9:32: Unknown value 'WRITE' of @auth(rules: [{operations:}]). Known: CREATE, READ, UPDATE, DELETE.",
            "10:31: @auth(rules: [{operations:}]) is empty: name one at least.",
            "11:23: Unknown argument @auth(rules: [{to:}]). Known: allow, operations, ownerField, transferable, roles, scopes, when.",
            "12:3: @auth(rules:) must be a list of objects, such as [{allow: ...}].",
            "13:3: @auth(rules: [{roles:}]) is missing: write roles: [\"admin\"].",
            "14:24: @auth(rules: [{roles:}]) is empty: name one at least.",
            "15:24: 'a b' is no name of a role: write 1 to 64 letters, digits and . _ : - without blanks.",
            "16:33: 'roles' belongs to allow: role; allow: authenticated does not ask for it.",
            "16:56: 'ownerField' belongs to allow: owner; allow: authenticated does not ask for it.",
            "17:30: @auth(rules: [{ownerField:}]) must be text in quotes, such as \"user\".",
            "17:50: @auth(rules: [{transferable:}]) must be true or false.",
            "18:10: @auth(rules:) is missing: write @auth(rules: [{allow: public, operations: [READ]}]).",
            "19:23: @auth(rules:) is empty: name one at least.");
  }

  @Test
  void rulesForScopesThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model @auth(rules: [
                  {allow: scope},
                  {allow: scope, scopes: []},
                  {allow: scope, scopes: ["a b"]},
                  {allow: scope, scopes: ["notes:read", "openid"]},
                  {allow: owner, ownerField: "x", scopes: ["notes:read"]}]) {
                  x: ID
                }
                """))
        .containsExactly(
            "2:3: @auth(rules: [{scopes:}]) is missing: write scopes: [\"orders:read\"].",
            "3:26: @auth(rules: [{scopes:}]) is empty: name one at least.",
            "4:26: 'a b' is no name of a scope: write 1 to 64 letters, digits and . _ : - without blanks.",
            "5:26: 'openid' is a scope of Varve's own: rules ask for others, such as orders:read.",
            "6:43: 'scopes' belongs to allow: scope; allow: owner does not ask for it.");
  }

  @Test
  void renamesThatCannotBe() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model @renamedFrom(name: "B") { x: Int @renamedFrom(name: "y") y: Int }
                type B @model { p: Int @renamedFrom(name: "q") r: Int @renamedFrom(name: "q") }
                type C @model @renamedFrom(name: "D") { x: Int @renamedFrom }
                type E @model @renamedFrom(name: "D") { x: Int }
                """))
        .containsExactly(
            "1:6: A cannot be renamed from 'B', which is a type in this file: remove one of the two.",
            "1:41: 'x' cannot be renamed from 'y', which is a field of A: remove one of the two.",
            "2:17: 'q' cannot be renamed to several fields of B: keep one @renamedFrom.",
            "2:48: 'q' cannot be renamed to several fields of B: keep one @renamedFrom.",
            "3:6: 'D' cannot be renamed to several models: keep one @renamedFrom.",
            "3:48: @renamedFrom(name:) is missing: write @renamedFrom(name: \"oldName\").",
            "4:6: 'D' cannot be renamed to several models: keep one @renamedFrom.");
  }

  @Test
  void removalsThatAreStillThere() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model @removed(fields: ["x", "y"]) { x: Int }
                """))
        .containsExactly(
            "1:34: 'x' is still a field of A: remove the field, or take it off @removed.");
  }

  @Test
  void typesWithoutFields() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model
                enum E
                """))
        .containsExactly(
            "1:6: A has no fields: write { name: String! } behind it.",
            "2:6: enum E has no values: write one at least.");
  }

  @Test
  void cursorsThatWouldClash() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model {
                  orders: [Order!]! @hasMany(by: "user")
                  ordersNextCursor: String
                }
                type Order @model { user: User! }
                """))
        .containsExactly(
            "3:3: 'ordersNextCursor' is where answers put the cursor of 'orders': choose another name.");
  }

  @Test
  void placesBehindDescriptionsAndWideCharacters() {
    assertThat(
            Schemas.mistakes(
                """
                \"""
                A user, "quoted" and \\\""" escaped.
                \"""
                type User @model {
                  # a comment
                  "Ünï 😀" a: Foo
                  "😀" b: String @default(value: "😀") c: Foo
                }
                """))
        .containsExactly(
            "6:14: Unknown type 'Foo'. Known: User, Account, SecurityEvent, ID, String, Int, Long, Float, Boolean, Decimal, DateTime, Date, UUID, Email, Url, JSON.",
            "7:41: Unknown type 'Foo'. Known: User, Account, SecurityEvent, ID, String, Int, Long, Float, Boolean, Decimal, DateTime, Date, UUID, Email, Url, JSON.");
  }

  @Test
  void argumentsWithoutName() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { x: Decimal @scale(2) }
                """))
        .containsExactly("1:35: Unexpected 2: arguments are named, such as @scale(digits: 2).");
  }

  @Test
  void aBraceThatIsMissing() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model {
                  x: Int
                """))
        .containsExactly("3:1: The file ends too early: close what is open with '}', ')' or ']'.");
  }

  @Test
  void aBraceTooMuch() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { x: Int }}
                """))
        .containsExactly(
            "1:25: Unexpected '}': fields are written 'name: Type', arguments 'name: value', and what is opened is closed.");
  }

  @Test
  void aColonThatIsMissing() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model {
                  x: Int!
                  y Int
                }
                """))
        .containsExactly(
            "3:5: Unexpected 'Int': fields are written 'name: Type', arguments 'name: value', and what is opened is closed.");
  }

  @Test
  void aColonThatIsMissingEverywhere() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { x Int }
                """))
        .containsExactly(
            "1:15: Expected 'name: Type' for every field, or names other than true, false and null for enum values.");
  }

  @Test
  void textThatIsNotClosed() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { x: String @default(value: "abc) }
                """))
        .containsExactly(
            "1:43: This text is not closed in its line, or has an unknown escape: close it with '\"', and write '\\\\' for a backslash.");
  }

  @Test
  void charactersThatCannotStand() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { x: Int; }
                """))
        .containsExactly("1:23: The character ';' cannot stand here.");
  }

  @Test
  void keywordsThatAreMisspelt() {
    assertThat(
            Schemas.mistakes(
                """
                tpye A @model { x: Int }
                """))
        .containsExactly("1:1: Unexpected 'tpye': write 'type' or 'enum' here.");
  }

  @Test
  void numbersThatAreTooLarge() {
    assertThat(
            Schemas.mistakes(
                """
                type A @model { x: Float @default(value: 1e99999999999) }
                """))
        .containsExactly(
            "1:42: The file holds a number that is too large to be read: write a smaller one.");
  }

  @Test
  void theFileNameAndThePlaceMakeALink() {
    assertThat(SchemaParser.parse("app/schema.graphql", "type A @model {\n  x: Strng\n}"))
        .isEqualTo(
            new ParseResult.Rejected(
                List.of(
                    new Mistake(
                        "app/schema.graphql",
                        2,
                        6,
                        "Unknown type 'Strng'. Did you mean 'String'?"))));
    assertThat(new Mistake("app/schema.graphql", 2, 6, "No.").text())
        .isEqualTo("app/schema.graphql:2:6: No.");
  }

  @Test
  void allLineEndsCountAsOne() {
    assertThat(Schemas.mistakes("type A @model {\r\n  x: Strng\r  y: Strng\n}"))
        .containsExactly(
            "2:6: Unknown type 'Strng'. Did you mean 'String'?",
            "3:6: Unknown type 'Strng'. Did you mean 'String'?");
  }

  @Test
  void aFileOfMoreThanOneMebibyteIsRefused() {
    String text = "type A @model { x: Int }\n" + "#".repeat(SchemaParser.FILE_BYTES_MAX);
    assertThat(Schemas.mistakes(text))
        .containsExactly(
            "1:1: The file is larger than 1 MiB: describe less in it, or shorten descriptions.");
  }

  @Test
  void moreThanFiveHundredModelsAreRefused() {
    String text =
        IntStream.range(0, 501)
            .mapToObj(number -> "type A%d @model { x: Int }".formatted(number))
            .collect(Collectors.joining("\n"));
    assertThat(Schemas.mistakes(text))
        .containsExactly(
            "501:6: The file has 501 models, at most 500 are possible: split the application.");
  }

  @Test
  void moreThanFiveHundredFieldsAreRefused() {
    String text =
        IntStream.range(0, 501)
            .mapToObj("  x%d: Int\n"::formatted)
            .collect(Collectors.joining("", "type A @model {\n", "}"));
    assertThat(Schemas.mistakes(text))
        .containsExactly(
            "502:3: A has 501 fields, at most 500 are possible: move some to a type of their own.");
  }

  @Test
  void valuesThatLieTooDeepInEachOtherAreRefusedOnce() {
    String text =
        IntStream.range(0, 40)
            .mapToObj(level -> "type V%d { a: V%d b: V%d }".formatted(level, level + 1, level + 1))
            .collect(
                Collectors.joining("\n", "", "\ntype V40 { x: Int }\ntype A @model { v: V0 }"));
    assertThat(Schemas.mistakes(text))
        .containsExactly(
            "25:6: Values in V24 lie more than 16 deep in each other: flatten them, or make one a model.");
  }

  @Test
  void aFileThatIsNestedTooDeepIsRefused() {
    String text = "type A @model { x: JSON @default(value: " + "[".repeat(5_000) + ") }";
    assertThat(Schemas.mistakes(text))
        .singleElement()
        .asString()
        .endsWith(
            "The file is nested too deep, or has too many parts, to be read: describe less in it.");
  }

  @Test
  void pluralsFollowTheEnglishOfTheLastWord() {
    assertThat(
            Stream.of(
                    "Story",
                    "Box",
                    "Day",
                    "OrderStatus",
                    "Person",
                    "APIKey",
                    "Order_Line",
                    "Match",
                    "V2Item")
                .map(ModelNames::plural))
        .containsExactly(
            "stories",
            "boxes",
            "days",
            "orderStatuses",
            "people",
            "apiKeys",
            "orderLines",
            "matches",
            "v2Items");
    assertThat(ModelNames.path("apiKeys")).isEqualTo("api-keys");
    assertThat(ModelNames.table("orderLines")).isEqualTo("order_lines");
  }

  @Test
  void defaultsAreLiteralsOrTheSameInQuotes() {
    Schema schema =
        Schemas.parse(
            """
            type A @model {
              number: Int @default(value: "5")
              big: Long @default(value: 5000000000)
              share: Float @default(value: 0.5)
              price: Decimal @scale(digits: 2) @default(value: "19.9")
              open: Boolean @default(value: "true")
              role: Role @default(value: GUEST)
              tags: [String!] @default(value: "[\\"a\\", \\"b\\"]")
              place: Place @default(value: {city: "Ulm"})
              meta: JSON @default(value: {depth: 1, on: true})
              day: Date @default(value: "2026-01-31")
            }
            type Place { city: String! country: String! @default(value: "DE") }
            enum Role { ADMIN GUEST }
            """);
    assertThat(schema.require("A").fields().subList(1, 11))
        .extracting(field -> String.valueOf(field.defaultValue().orElseThrow()))
        .containsExactly(
            "5",
            "5000000000",
            "0.5",
            "19.90",
            "true",
            "GUEST",
            "[a, b]",
            "{city=Ulm, country=DE}",
            "{depth=1, on=true}",
            "2026-01-31");
  }

  @Test
  void namesThatMeetThoseOfGraphQl() {
    assertThat(
            Schemas.mistakes(
                """
                type User @model { name: String nodeId: String or: Int }
                type UserWhere { x: Int }
                type UserHistory @model { name: String }
                enum Node { A }
                """))
        .containsExactly(
            "1:33: 'nodeId' has a meaning of its own in GraphQL: give this field of User another name.",
            "1:48: 'or' has a meaning of its own in GraphQL: give this field of User another name.",
            "2:6: 'UserWhere' is the name of a GraphQL type that is made for User: choose another name.",
            "3:6: 'userHistory' would be a GraphQL query of both User and UserHistory: rename one, or give it another @model(plural:).",
            "4:6: 'Node' is the name of a GraphQL type that is made for Varve: choose another name.");
  }

  @Test
  void indexesCanIgnoreCaseAndAccents() {
    Model person =
        Schemas.parse(
                """
                type Person @model
                  @unique(fields: ["country", "nick"], ignoreCase: true)
                  @index(fields: ["name"], ignoreAccents: true)
                  @index(fields: ["name", "age"], ignoreCase: false) {
                  name: String
                  nick: String @unique(ignoreCase: true)
                  email: Email @unique(ignoreCase: true, ignoreAccents: true)
                  country: Country
                  age: Int
                }
                enum Country { CH NO }
                """)
            .require("Person");
    assertThat(person.indexes())
        .extracting(index -> (index.unique() ? "unique " : "") + index.description())
        .containsExactly(
            "unique nick, ignoring case",
            "unique email, ignoring case and accents",
            "unique country, nick, ignoring case",
            "name, ignoring case and accents",
            "name, age");
    assertThat(person.foldedForms())
        .extracting(form -> form.field().name() + " " + form.folding())
        .containsExactly("nick CASE", "email ACCENTS", "name ACCENTS");
  }

  @Test
  void onlyTextHasCase() {
    assertThat(
            Schemas.mistakes(
                """
                type Person @model
                  @unique(fields: ["age", "country"], ignoreCase: true)
                  @index(fields: ["name"], ignoreCase: 1) {
                  name: String
                  age: Int @unique(ignoreCase: true)
                  code: UUID @unique(ignoreAccents: true)
                  ref: ID @unique(ignorecase: true)
                  country: Country
                }
                enum Country { CH NO }
                """))
        .containsExactly(
            "2:51: @unique(ignoreCase:) is for String, Email and Url, not for Int, Country: remove it.",
            "3:40: @index(ignoreCase:) must be true or false.",
            "5:32: @unique(ignoreCase:) is for String, Email and Url, not for Int: remove it.",
            "6:37: @unique(ignoreAccents:) is for String, Email and Url, not for UUID: remove it.",
            "7:19: Unknown argument @unique(ignorecase:). Did you mean 'ignoreCase'?");
  }
}
