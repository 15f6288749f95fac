package dev.varve.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.Main;
import dev.varve.node.Settings;
import dev.varve.node.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/// The page that `varve new` makes, and the one that stands in its place where there is none, as somebody sees them in a
/// browser.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StarterPageTest {
  private Browser browser;
  private TestServer server;
  private TestServer bare;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    browser = Browser.start();
    Path app = temporary.resolve("garden");
    assertThat(Main.commandLine().execute("new", app.toString())).isZero();
    String schema = Files.readString(app.resolve("schema.graphql"));
    server =
        TestServer.start(TestServer.Plan.of(schema).serving(Settings.read(app, Map.of()).files()));
    create("/api/projects", "{\"id\": \"garden\", \"name\": \"Plant the garden\"}");
    create("/api/tasks", "{\"id\": \"dig\", \"project\": \"garden\", \"title\": \"Dig the beds\"}");
    bare = TestServer.start(schema);
  }

  private void create(String path, String body) {
    assertThat(server.send("POST", path, Map.of(), body).status()).isEqualTo(201);
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
    if (server != null) {
      server.close();
    }
    if (bare != null) {
      bare.close();
    }
  }

  private void open(TestServer at, String path) {
    browser.open("http://127.0.0.1:" + at.port() + path);
  }

  private void nothingIsBrokenAndNothingComesFromElsewhere(TestServer at) {
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests())
        .isNotEmpty()
        .allSatisfy(url -> assertThat(url).startsWith("http://127.0.0.1:" + at.port() + "/"));
  }

  private void untilTasksAre(String... titles) {
    browser.until(
        () -> browser.texts("#tasks span").equals(List.of(titles)),
        "the tasks are " + List.of(titles));
  }

  @Test
  void whatAnybodyChangesIsOnThePageAtOnce() {
    // a path of the page's own, as somebody opens it who was sent a link
    open(server, "/projects/garden");
    assertThat(browser.title()).isEqualTo("garden");
    untilTasksAre("Dig the beds");
    browser.find("input[name=title]").sendKeys("Sow the beans");
    browser.find("#add button").click();
    untilTasksAre("Dig the beds", "Sow the beans");
    create("/api/tasks", "{\"project\": \"garden\", \"title\": \"Water the beans\"}");
    untilTasksAre("Dig the beds", "Sow the beans", "Water the beans");
    assertThat(browser.texts("#feed li"))
        .containsExactly("CREATE Task Water the beans", "CREATE Task Sow the beans");
    first().findElement(By.cssSelector("input")).click();
    browser.find("#tasks li.done");
    assertThat(server.get("/api/tasks/dig").text()).contains("\"status\":\"DONE\"");
    first().findElement(By.cssSelector("button")).click();
    untilTasksAre("Sow the beans", "Water the beans");
    assertThat(server.get("/api/tasks/dig").status()).isEqualTo(404);
    nothingIsBrokenAndNothingComesFromElsewhere(server);
  }

  private WebElement first() {
    return browser.find("#tasks li");
  }

  @Test
  void withoutPagesABrowserIsToldWhereToGo() {
    open(bare, "/");
    assertThat(browser.title()).isEqualTo("Varve");
    assertThat(browser.texts("a"))
        .contains("/docs", "/graphql", "/dev/mails", "/api/projects", "/api/tasks");
    assertThat(
            String.valueOf(
                browser.run("return getComputedStyle(document.querySelector('pre')).overflowX")))
        .isEqualTo("auto");
    nothingIsBrokenAndNothingComesFromElsewhere(bare);
    TestServer.Reply program = bare.get("/");
    assertThat(program.status()).isEqualTo(404);
    assertThat(program.text()).contains("Look at /docs for what is here");
  }
}
