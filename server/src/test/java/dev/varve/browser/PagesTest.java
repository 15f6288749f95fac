package dev.varve.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.node.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// GraphiQL and the reference of the REST face, as somebody sees them in a browser. After each test the console is
/// without a complaint, and nothing was asked for that is not here.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {
  private static final String ADMINISTRATOR = "admin@example.com";

  private final AtomicInteger people = new AtomicInteger();
  private Browser browser;
  private TestServer server;
  private String password;

  @BeforeAll
  void start() throws IOException {
    browser = Browser.start();
    String shop = Files.readString(Path.of("..", "examples", "shop", "schema.graphql"));
    server = TestServer.start(shop, GraphQlSettings.DEFAULT.forDevelopment());
    addUser("Ada");
    addUser("Bruno");
    password = server.administration().createAdministrator(ADMINISTRATOR);
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @AfterEach
  void nothingIsBrokenAndNothingComesFromElsewhere() {
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests())
        .isNotEmpty()
        .allSatisfy(
            url -> assertThat(url).matches("(http|ws)://127\\.0\\.0\\.1:" + server.port() + "/.*"));
  }

  private void addUser(String name) {
    String body =
        "{\"name\": \"%s\", \"email\": \"%d@example.com\"}"
            .formatted(name, people.incrementAndGet());
    assertThat(server.send("POST", "/api/users", Map.of(), body).status()).isEqualTo(201);
  }

  @Test
  void graphiQlOpensWithOperationsThatFitTheSchemaAndRunsThem() {
    long before = server.position();
    openGraphiQl();
    assertThat(browser.title()).isEqualTo("Varve GraphiQL");
    assertThat(browser.texts(".graphiql-tab-button"))
        .containsExactly("Users", "UsersBefore", "CreateUser", "UserChanges");
    assertThat(runAndRead("\"position\": " + before))
        .contains("\"Ada\"", "\"Bruno\"", "\"orders\": []");
    choose("UsersBefore");
    assertThat(runAndRead("\"position\": 1\n")).contains("\"Ada\"").doesNotContain("Bruno");
    choose("CreateUser");
    assertThat(runAndRead("\"createUser\"")).contains("someone@example.com");
    assertThat(server.events(before)).containsExactly("CREATE User");
  }

  private void openGraphiQl() {
    browser.open(url("/graphql"));
    browser.find(".graphiql-query-editor .CodeMirror");
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }

  private String runAndRead(String expected) {
    browser.find(".graphiql-execute-button").click();
    browser.until(() -> result().contains(expected), "the result has " + expected);
    return result();
  }

  private String result() {
    return String.valueOf(
        browser.run(
            "return document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue() ?? ''"));
  }

  private void choose(String tab) {
    browser.all(".graphiql-tab-button").stream()
        .filter(button -> button.getText().equals(tab))
        .findFirst()
        .orElseThrow()
        .click();
    untilRunRuns(tab);
  }

  /// The page knows a little later than the editor which operation is to be run.
  private void untilRunRuns(String operation) {
    browser.until(
        () ->
            operation.equals(
                browser.run(
                    """
                    const editor = document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror;
                    return editor.operations?.length === 1 ? editor.operationName ?? '' : null;
                    """)),
        "the operation is " + operation);
  }

  @Test
  void eachApplicationOnAPortHasTabsOfItsOwnThere() {
    openGraphiQl();
    write("query Mine { users { id } }");
    browser.until(() -> kept("varve:0:graphiql:tabState").contains("Mine"), "the tabs are kept");
    reopenAs("[['User', 'Product', 'Order']]");
    browser.until(
        () -> browser.texts(".graphiql-tab-button").contains("Mine"),
        "a model more, the same tabs");
    reopenAs("[['Guest', 'Drink', 'Order']]");
    browser.until(
        () -> browser.texts(".graphiql-tab-button").contains("Users"), "the samples are there");
    assertThat(browser.texts(".graphiql-tab-button"))
        .containsExactly("Users", "UsersBefore", "CreateUser", "UserChanges");
    assertThat(kept("varve:0:graphiql:tabState")).contains("Mine");
  }

  private void reopenAs(String applicationsOnThisPort) {
    browser.run(
        "localStorage.setItem('varve:applications', JSON.stringify(%s)); location.reload()"
            .formatted(applicationsOnThisPort));
  }

  private String kept(String key) {
    return String.valueOf(browser.run("return localStorage.getItem(arguments[0]) ?? ''", key));
  }

  @Test
  void aSubscriptionInItTellsOfAChangeWhenItHappens() {
    openGraphiQl();
    choose("UserChanges");
    browser.find(".graphiql-execute-button").click();
    // the page does not show when it listens, so there are changes until it has heard of one
    browser.until(
        () -> {
          addUser("Cleo");
          return result().contains("\"Cleo\"");
        },
        "the result tells of Cleo");
    assertThat(result()).contains("\"operation\": \"CREATE\"", "\"actor\": \"anonymous\"");
    browser.find(".graphiql-execute-button").click();
    assertThat(browser.requests()).contains("ws://127.0.0.1:" + server.port() + "/graphql");
  }

  @Test
  void itSuggestsFieldsAndShowsTheTypes() {
    openGraphiQl();
    browser.find("[aria-label='Show Documentation Explorer']").click();
    browser.until(
        () -> browser.texts(".graphiql-doc-explorer a").containsAll(List.of("Query", "OrderLine")),
        "the types are listed");
    write("{ ");
    WebElement input = browser.find(".graphiql-query-editor .CodeMirror textarea");
    browser.until(
        () -> {
          input.sendKeys(Keys.chord(Keys.CONTROL, " "));
          return browser.texts(".CodeMirror-hint").contains("productsConnection");
        },
        "the fields of Query are suggested");
  }

  private void write(String query) {
    browser.run(
        "const editor = document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror;"
            + "editor.setValue(arguments[0]); editor.focus(); editor.setCursor(editor.lineCount(), 0)",
        query);
  }

  @Test
  void whoSignsInToItIsMeantByWhatTheyRun() {
    openGraphiQl();
    write("query Accounts { accounts { email } }");
    untilRunRuns("Accounts");
    runAndRead("\"UNAUTHENTICATED\"");
    browser.find("[aria-label='Show Sign in']").click();
    browser.find("input[name=email]").sendKeys(ADMINISTRATOR);
    browser.find("input[name=password]").sendKeys(password, Keys.ENTER);
    browser.until(
        () -> browser.texts(".sign-in").toString().contains(ADMINISTRATOR + " (admin)"),
        "the administrator is signed in");
    runAndRead("\"email\": \"%s\"".formatted(ADMINISTRATOR));
    browser.find(".sign-in button").click();
    browser.find("input[name=email]");
    runAndRead("\"UNAUTHENTICATED\"");
  }

  @Test
  void theReferenceListsEveryRequestAndSendsWhoSignedIn() {
    JsonNode document = JsonMapper.shared().readTree(server.get("/openapi.json").bytes());
    long operations =
        document
            .path("paths")
            .valueStream()
            .flatMap(path -> path.propertyStream())
            .filter(member -> member.getValue().has("operationId"))
            .count();
    browser.open(url("/docs"));
    browser.find("#operations-GraphQL-graphQl");
    assertThat(browser.title()).isEqualTo("API reference");
    assertThat(browser.all(".opblock")).hasSize((int) operations);
    assertThat(browser.texts(".opblock-tag a"))
        .contains("User", "Product", "Order", "Batch", "Accounts", "Events", "GraphQL");
    WebElement signIn = unfold("operations-Accounts-signIn");
    fill(
        signIn.findElement(By.tagName("textarea")),
        "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(ADMINISTRATOR, password));
    assertThat(execute(signIn)).contains("200", "accessToken");
    assertThat(execute(unfold("operations-Account-listAccounts"))).contains("200", ADMINISTRATOR);
    WebElement events = browser.find("#operations-Events-events");
    events.findElement(By.className("opblock-summary-control")).click();
    assertThat(browser.find("#operations-Events-events .opblock-description").getText())
        .contains("curl -N");
    assertThat(events.findElements(By.className("try-out__btn"))).isEmpty();
  }

  private WebElement unfold(String operation) {
    WebElement block = browser.find("#" + operation);
    browser.run("arguments[0].scrollIntoView()", block);
    block.findElement(By.className("opblock-summary-control")).click();
    browser.find("#" + operation + " .try-out__btn").click();
    browser.find("#" + operation + " .execute");
    return block;
  }

  /// At once: key by key takes the page long.
  private void fill(WebElement field, String text) {
    browser.run(
        """
        const value = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value');
        value.set.call(arguments[0], arguments[1]);
        arguments[0].dispatchEvent(new Event('input', {bubbles: true}));
        """,
        field,
        text);
    browser.until(() -> field.getAttribute("value").equals(text), "the body is filled in");
  }

  private String execute(WebElement block) {
    String answer =
        "#" + block.getAttribute("id") + " .live-responses-table .response .highlight-code";
    block.findElement(By.className("execute")).click();
    browser.find(answer);
    return browser.find("#" + block.getAttribute("id") + " .live-responses-table tbody").getText();
  }
}
