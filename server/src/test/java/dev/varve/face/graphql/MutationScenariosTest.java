package dev.varve.face.graphql;

import static dev.varve.face.graphql.Scenario.scenario;

import dev.varve.kernel.Rows;
import dev.varve.node.TestServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MutationScenariosTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = Shop.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<Scenario> scenarios() {
    return Rows.of(
        scenario("aRecordIsCreated")
            .ask(
                "mutation { createUser(input: {id: 'cy', name: 'Cy', email: 'cy@example.com'}) { id name version orders { id } } }")
            .data("{'createUser':{'id':'cy','name':'Cy','version':1,'orders':[]}}")
            .events("CREATE User"),
        scenario("allFieldsAreOneUnitInOrder")
            .ask(
                "mutation { u: createUser(input: {id: 'dan', name: 'Dan', email: 'dan@example.com'}) { id }"
                    + " o: createOrder(input: {id: 'dan1', user: 'dan', total: '1.00'}) { user { name } lines { id } }"
                    + " l: createOrderLine(input: {order: 'dan1', product: 'p1', quantity: 3}) { order { lines { quantity } } product { name } } }")
            .has("'o':{'user':{'name':'Dan'},'lines':[{'id':'")
            .has("'l':{'order':{'lines':[{'quantity':3}]},'product':{'name':'Mug'}}")
            .events("CREATE User, CREATE Order, CREATE OrderLine"),
        scenario("anEarlierRecordIsReferredToByTheNameOfItsField")
            .ask(
                "mutation { u: createUser(input: {name: 'Eve', email: 'eve@example.com'}) { name }"
                    + " o: createOrder(input: {user: '$u.id', total: 2}) { user { name } }"
                    + " again: updateOrder(id: '$o.id', input: {status: PAID}) { status version total } }")
            .data(
                "{'u':{'name':'Eve'},'o':{'user':{'name':'Eve'}},'again':{'status':'PAID','version':2,'total':'2.00'}}")
            .events("CREATE User, CREATE Order, UPDATE Order"),
        scenario("aNameThatNoEarlierFieldHas")
            .ask("mutation { createOrder(input: {user: '$usr.id', total: 2}) { id } }")
            .gives(294)
            .data("null")
            .says("no field before this one is named 'usr' in the answer"),
        scenario("oneRefusalUndoesAll")
            .ask(
                "mutation { a: createUser(input: {id: 'fay', name: 'Fay', email: 'fay@example.com'}) { id }"
                    + " b: createUser(input: {name: 'Fay', email: 'ada@example.com'}) { id }"
                    + " c: createUser(input: {name: 'Gil', email: 'gil@example.com'}) { id } }")
            .gives(294)
            .data("null")
            .has("'path':['b']")
            .has("'code':'ALREADY_EXISTS','details':[{'field':'email','message':'is taken'}]"),
        scenario("everyWrongFieldIsNamed")
            .ask("mutation($i: CreateOrderInput!) { createOrder(input: $i) { id } }")
            .with("{'i':{'user':'ada','total':-1,'status':'PAID','tags':['x']}}")
            .gives(294)
            .data("null")
            .has(
                "'path':['createOrder'],'extensions':{'code':'VALIDATION_ERROR','details':[{'field':'total'"),
        scenario("aMissingReferenceIsNamed")
            .ask("mutation { createOrder(input: {user: 'nobody', total: 1}) { id } }")
            .gives(294)
            .has("'code':'REFERENCE_NOT_FOUND'")
            .has("'field':'user'"),
        scenario("givenFieldsAreChangedAndNullClears")
            .given(
                "mutation { createUser(input: {id: 'hal', name: 'Hal', email: 'hal@example.com', address: {street: 'H 1', city: 'Bern', country: 'CH'}}) { id } }")
            .ask(
                "mutation { updateUser(id: 'hal', input: {address: null, name: 'Hal L.'}) { name email address { city } version } }")
            .data(
                "{'updateUser':{'name':'Hal L.','email':'hal@example.com','address':null,'version':2}}")
            .events("UPDATE User"),
        scenario("aValueIsChangedInPart")
            .ask(
                "mutation { a: updateUser(id: 'bob', input: {address: {street: 'B 2', city: 'Basel', country: 'CH'}}) { version }"
                    + " b: updateUser(id: 'bob', input: {address: {city: 'Bern'}}) { address { street city } version } }")
            .data("{'a':{'version':2},'b':{'address':{'street':'B 2','city':'Bern'},'version':3}}")
            .events("UPDATE User, UPDATE User"),
        scenario("theVersionThatIsExpected")
            .given(
                "mutation { a: createUser(input: {id: 'ivy', name: 'Ivy', email: 'ivy@example.com'}) { id }"
                    + " b: updateUser(id: 'ivy', input: {name: 'Y'}) { id } }")
            .ask(
                "mutation { updateUser(id: 'ivy', input: {name: 'X'}, expectedVersion: 1) { id } }")
            .gives(294)
            .has("'code':'PRECONDITION_FAILED'")
            .says("The record is at version 2, which is not the one expected"),
        scenario("theVersionThatAFieldBeforeLeftIsExpected")
            .ask(
                "mutation { a: createProduct(input: {id: 'exp', name: 'X', price: 1}) { id }"
                    + " b: updateProduct(id: '$a.id', input: {name: 'Y'}, expectedVersion: 1) { version }"
                    + " c: updateProduct(id: '$a.id', input: {name: 'Z'}, expectedVersion: 2) { version } }")
            .data("{'a':{'id':'exp'},'b':{'version':2},'c':{'version':3}}")
            .events("CREATE Product, UPDATE Product, UPDATE Product"),
        scenario("aRemovalExpectsAVersionToo")
            .given("mutation { createProduct(input: {id: 'rem', name: 'X', price: 1}) { id } }")
            .ask("mutation { deleteProduct(id: 'rem', expectedVersion: 2) { id } }")
            .gives(294)
            .has("'code':'PRECONDITION_FAILED'"),
        scenario("soDoesWritingBack")
            .given("mutation { createProduct(input: {id: 'back', name: 'X', price: 1}) { id } }")
            .ask("mutation { restoreProduct(id: 'back', version: 1, expectedVersion: 2) { id } }")
            .gives(294)
            .has("'code':'PRECONDITION_FAILED'"),
        scenario("aVersionIsWrittenBackByWhoeverNamesTheLast")
            .given(
                "mutation { a: createProduct(input: {id: 'old', name: 'X', price: 1}) { id }"
                    + " b: updateProduct(id: 'old', input: {name: 'Y'}) { id }"
                    + " c: updateProduct(id: 'old', input: {name: 'Z'}) { id } }")
            .ask(
                "mutation { restoreProduct(id: 'old', version: 1, expectedVersion: 3) { name version } }")
            .data("{'restoreProduct':{'name':'X','version':4}}")
            .events("UPDATE Product"),
        scenario("aRecordGoesBackToAMoment")
            .ask("mutation { restoreProduct(id: 'exp', asOf: 'position:1') { id } }")
            .gives(294)
            .has("'code':'NOT_FOUND','details':[]")
            .says("Product 'exp' has no version as of position 1 that can be restored"),
        scenario("toOneThatHasCome")
            .ask("mutation { restoreProduct(id: 'exp', asOf: 'position:9999') { id } }")
            .gives(294)
            .has("'code':'INVALID_INSTANT'")
            .has("'message':'Invalid argument of restoreProduct'")
            .has("'field':'asOf','message':'is in the future: the log ends at position "),
        scenario("whichIsAMoment")
            .ask("mutation { restoreProduct(id: 'exp', asOf: 'monday') { id } }")
            .gives(294)
            .has("'code':'INVALID_INSTANT'")
            .has("'field':'asOf','message':'must be an instant such as"),
        scenario("aVersionOrAMomentIsNamed")
            .ask("mutation { restoreProduct(id: 'exp') { id } }")
            .gives(294)
            .has(
                "'field':'version','message':'give one of version and asOf: the version to write back, or the moment to go back to'"),
        scenario("anImmutableFieldIsNoFieldOfTheInput")
            .ask("mutation { updateOrder(id: 'o1', input: {user: 'bob'}) { id } }")
            .gives(400)
            .has("'field':'input.user','message':'is not a field of UpdateOrderInput.'"),
        scenario("aRemovedRecordIsGivenAsItWas")
            .given(
                "mutation { u: createUser(input: {id: 'jon', name: 'Jon', email: 'jon@example.com'}) { id }"
                    + " o: createOrder(input: {id: 'jon1', user: 'jon', total: '10.50', note: 'n1'}) { id }"
                    + " p: createOrder(input: {id: 'jon2', user: 'jon', total: '20.50'}) { id }"
                    + " l: createOrderLine(input: {id: 'jon1a', order: 'jon1', quantity: 1}) { id }"
                    + " m: createOrderLine(input: {id: 'jon1b', order: 'jon1', quantity: 2}) { id } }")
            .ask(
                "mutation { deleteOrder(id: 'jon1') { id total note lines { quantity } user { name orders { id } } } }")
            .data(
                "{'deleteOrder':{'id':'jon1','total':'10.50','note':'n1','lines':[{'quantity':1},{'quantity':2}],"
                    + "'user':{'name':'Jon','orders':[{'id':'jon1'},{'id':'jon2'}]}}}")
            .events("DELETE Order, DELETE OrderLine, DELETE OrderLine"),
        scenario("aRemovedRecordIsBroughtBack")
            .given(
                "mutation { a: createOrder(input: {id: 'gone', user: 'ada', total: '10.50'}) { id }"
                    + " b: deleteOrder(id: 'gone') { id } }")
            .ask("mutation { restoreOrder(id: 'gone', version: 1) { id version total } }")
            .data("{'restoreOrder':{'id':'gone','version':3,'total':'10.50'}}")
            .events("UNDELETE Order"),
        scenario("aRestrictedRemovalIsRefused")
            .ask("mutation { deleteUser(id: 'ada') { id } }")
            .gives(294)
            .has("'code':'CONFLICT'"),
        scenario("ofARecordThatIsNotYoursYouLearnTheId")
            .ask("mutation { createMessage(input: {id: 'm1', text: 'hello'}) { __typename id } }")
            .data("{'createMessage':{'__typename':'Message','id':'m1'}}")
            .events("CREATE Message"),
        scenario("andNothingElseThoughItIsKept")
            .ask("mutation { createMessage(input: {id: 'm2', text: 'hello'}) { id text } }")
            .gives(294)
            .data("null")
            .has("'path':['createMessage','text']")
            .has("'code':'FORBIDDEN'")
            .has(
                "Message.text is not yours to read: ask for id alone. What the operation changed has been kept")
            .events("CREATE Message"),
        scenario("aHiddenRecordCannotBeChanged")
            .ask("mutation { updateProduct(id: 'p2', input: {name: 'Mine'}) { id } }")
            .gives(294)
            .has("'code':'NOT_FOUND'"),
        scenario("aModelWithoutHistoryShowsItsRelations")
            .ask(
                "mutation { createPing(input: {id: 'x', text: 'a', user: 'ada'}) { text user { name } } }")
            .data("{'createPing':{'text':'a','user':{'name':'Ada'}}}")
            .events("CREATE Ping"),
        scenario("anAsOfIsForQueriesAlone")
            .ask("mutation @asOf(at: 'position:1') { createPing(input: {text: 'a'}) { id } }")
            .gives(400)
            .has("asOf"),
        scenario("aMutationThatChangesNothing")
            .ask("mutation { __typename }")
            .data("{'__typename':'Mutation'}"),
        scenario("wrongTypesAreNamedInOurWords")
            .ask("mutation($i: CreateUserInput!) { createUser(input: $i) { id } }")
            .with("{'i':{'name':7,'email':'nope','nick':1,'address':{'city':'B'}}}")
            .gives(400)
            .has("'field':'i.nick','message':'is not a field of CreateUserInput")
            .has("'field':'i.name','message':'must be text'")
            .has("'field':'i.email','message':'Invalid email format'")
            .has("'field':'i.address.street','message':'is required'"),
        scenario("soAreThoseOfLiterals")
            .ask("mutation { createOrderLine(input: {order: 'o1', quantity: 'many'}) { id } }")
            .gives(400)
            .has(
                "'field':'input.quantity','message':'must be a whole number from -2147483648 to 2147483647'"));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void answersAsItSays(Scenario scenario) {
    scenario.run(server);
  }
}
