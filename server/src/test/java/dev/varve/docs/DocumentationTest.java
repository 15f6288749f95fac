package dev.varve.docs;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.docs.Page.Block;
import dev.varve.docs.Reader.Seen;
import dev.varve.kernel.ErrorCode;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.RulesResult;
import dev.varve.lane.expression.ExpressionException;
import dev.varve.lane.expression.Expressions;
import dev.varve.lane.expression.Vocabulary;
import dev.varve.node.InstalledVarve;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.ParseResult;
import dev.varve.schema.sdl.SchemaParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/// What the documentation shows is run, and what it names is there.
///
/// Each page is followed from top to bottom as a reader would: `sh` blocks are run, `json`, `http` and `text`
/// blocks are held against what the commands before them gave, `graphql`, `yaml` and `cel` blocks have to be
/// right. Where a page shows `…` there may be anything.
@Order(1)
class DocumentationTest {
  private static final Path PROJECT =
      Path.of(System.getProperty("basedir", ".")).resolve("..").normalize();
  private static final Pattern MESSAGE = Pattern.compile("// (\\d+:\\d+): (.*)");

  static List<String> pages() throws IOException {
    List<String> pages = new ArrayList<>(List.of("README.md"));
    try (Stream<Path> files = Files.walk(PROJECT.resolve("docs"))) {
      files
          .map(file -> PROJECT.relativize(file).toString())
          .filter(name -> name.endsWith(".md") && !name.startsWith("docs/decisions/"))
          // figures of one machine, which no other repeats
          .filter(name -> !name.equals("docs/performance.md"))
          .sorted()
          .forEach(pages::add);
    }
    return pages;
  }

  static List<String> everyPage() throws IOException {
    List<String> pages = new ArrayList<>(pages());
    try (Stream<Path> files = Files.walk(PROJECT.resolve("docs/decisions"))) {
      files.map(file -> PROJECT.relativize(file).toString()).forEach(pages::add);
    }
    pages.removeIf(name -> !name.endsWith(".md"));
    pages.addAll(List.of("ARCHITECTURE.md", "CHANGELOG.md"));
    return pages;
  }

  private static Page page(String name) throws IOException {
    return Page.read(PROJECT.resolve(name));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  void whatAPageShowsIsWhatAReaderGets(String name, @TempDir Path folder) throws IOException {
    try (Reader reader = new Reader(folder)) {
      List<Seen> seen = List.of();
      for (Block block : page(name).blocks()) {
        try {
          seen = follow(reader, block, seen);
        } catch (TestAbortedException e) {
          throw e;
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("%s:%d: %s".formatted(name, block.line(), e.getMessage()), e);
        }
      }
      assertNothingFailed(name, seen);
    }
  }

  /// What the commands gave that no block has been held against yet.
  private static List<Seen> follow(Reader reader, Block block, List<Seen> seen) throws IOException {
    switch (block.language()) {
      case "json" -> {
        compareJson(block, seen);
        return List.of();
      }
      case "http" -> {
        compareHttp(block, seen);
        return List.of();
      }
      case "text" -> {
        compareText(block, seen);
        return List.of();
      }
      default -> assertNothingFailed("the block before", seen);
    }
    return switch (block.language()) {
      case "sh" -> run(reader, block);
      case "graphql" -> graphql(reader, block);
      case "yaml" -> yaml(reader, block);
      case "cel" -> cel(block);
      case "properties" ->
          List.of(reader.saveLanguage(block.savedAs().orElseThrow(), block.text()));
      case "csv", "ndjson" -> List.of(reader.save(block.savedAs().orElseThrow(), block.text()));
      default -> throw new AssertionError("Nobody checks a block of '" + block.language() + "'");
    };
  }

  private static List<Seen> run(Reader reader, Block block) throws IOException {
    List<Seen> seen = new ArrayList<>();
    for (ShellLine command : ShellLine.of(block.line(), block.lines())) {
      try {
        seen.add(reader.run(command));
      } catch (TestAbortedException e) {
        throw e;
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("in line %d: %s".formatted(command.line(), e.getMessage()), e);
      }
    }
    return seen;
  }

  private static void assertNothingFailed(String place, List<Seen> seen) {
    for (Seen each : seen) {
      String refusal =
          switch (each) {
            case Seen.Answered(Curl _, Curl.Reply reply) when reply.status() >= 400 -> reply.body();
            case Seen.Printed(String text, boolean refused) when refused -> text;
            case Seen.Answered _, Seen.Printed _, Seen.Nothing _ -> "";
          };
      if (!refusal.isEmpty()) {
        throw new AssertionError(
            "%s: something was refused, and the page does not show it: %s"
                .formatted(place, refusal));
      }
    }
  }

  /// The answers that a reader sees.
  ///
  /// @param withHeaders whether the page shows them, as `curl -i` does
  private static List<Curl.Reply> replies(List<Seen> seen, boolean withHeaders) {
    List<Seen.Answered> answered =
        seen.stream()
            .filter(Seen.Answered.class::isInstance)
            .map(Seen.Answered.class::cast)
            .toList();
    assertThat(answered)
        .as("the page shows headers just where curl has -i")
        .allMatch(each -> each.curl().showsHeaders() == withHeaders);
    return answered.stream()
        .map(Seen.Answered::reply)
        .filter(reply -> withHeaders || !reply.body().isEmpty())
        .toList();
  }

  private static void compareJson(Block block, List<Seen> seen) {
    List<Object> shown = Shown.documents(block.text());
    List<Curl.Reply> replies = replies(seen, false);
    if (seen.isEmpty()) {
      return;
    }
    assertThat(replies)
        .as("the answers, of which the page shows %d", shown.size())
        .hasSameSizeAs(shown);
    for (int i = 0; i < shown.size(); i++) {
      compare(shown.get(i), replies.get(i));
    }
  }

  private static void compare(Object shown, Curl.Reply reply) {
    List<Object> real = Shown.documents(reply.body());
    Optional<String> difference =
        real.size() == 1
            ? Shown.difference(shown, real.getFirst())
            : Optional.of("it is no JSON document");
    difference.ifPresent(text -> {
      throw new AssertionError("%s%n%s".formatted(text, reply.body()));
    });
  }

  private static void compareHttp(Block block, List<Seen> seen) {
    List<Curl.Reply> replies = replies(seen, true);
    assertThat(replies).as("one request before an answer").hasSize(1);
    Curl.Reply reply = replies.getFirst();
    int blank = block.lines().indexOf("");
    List<String> head = blank < 0 ? block.lines() : block.lines().subList(0, blank);
    assertThat(reply.statusLine()).as(reply.body()).isEqualTo(head.getFirst());
    for (String line : head.subList(1, head.size())) {
      String[] header = line.split(": ", 2);
      Optional<String> real = reply.header(header[0]);
      if (real.isEmpty() || !Shown.matches(header[1], real.get())) {
        throw new AssertionError("The header %s is %s".formatted(line, real));
      }
    }
    String body =
        blank < 0 ? "" : String.join("\n", block.lines().subList(blank + 1, block.lines().size()));
    if (body.isBlank()) {
      assertThat(reply.body()).isEmpty();
    } else {
      compare(Shown.documents(body).getFirst(), reply);
    }
  }

  private static void compareText(Block block, List<Seen> seen) {
    String printed =
        String.join(
            "\n",
            seen.stream()
                .filter(Seen.Printed.class::isInstance)
                .map(each -> ((Seen.Printed) each).text().strip())
                .toList());
    assertThat(seen).as("a text block shows what the command before it printed").isNotEmpty();
    // how far long work has come is shown where it takes long, and no page shows it
    List<String> lines =
        printed.lines().filter(line -> !line.matches("\\[#*-*] .* a second.*")).toList();
    Shown.linesDifference(block.lines(), lines)
        .ifPresent(difference -> {
          throw new AssertionError(difference);
        });
  }

  private static List<Seen> graphql(Reader reader, Block block) throws IOException {
    if (block.savedAs().isPresent()) {
      Seen saved = reader.save(block.savedAs().get(), block.text());
      if (!(saved instanceof Seen.Nothing)) {
        return List.of(saved);
      }
    }
    boolean complete = block.text().contains("@model");
    String text = complete ? block.text() : withinShop(block.text());
    String mistakes = mistakes(block.savedAs().orElse("schema.graphql"), text);
    return mistakes.isEmpty() ? List.of() : List.of(new Seen.Printed(mistakes, true));
  }

  private static String mistakes(String name, String text) {
    Stream<String> mistakes =
        switch (SchemaParser.parse(name, text)) {
          case ParseResult.Rejected rejected ->
              rejected.mistakes().stream().map(mistake -> mistake.text());
          case ParseResult.Parsed parsed ->
              switch (Access.compile(parsed.schema())) {
                case RulesResult.Compiled _ -> Stream.of();
                case RulesResult.Rejected rejected ->
                    rejected.mistakes().stream()
                        .map(mistake ->
                            "%s:%d:%d: %s"
                                .formatted(
                                    name,
                                    mistake.location().line(),
                                    mistake.location().column(),
                                    mistake.message()));
              };
        };
    return String.join("\n", mistakes.toList());
  }

  /// A few fields, put into a model that stands beside those of the shop; or types without a model.
  private static String withinShop(String text) throws IOException {
    boolean fields = text.lines().noneMatch(line -> line.matches("(type|enum) .*"));
    return shopText() + (fields ? "type Example @model {\n" + text + "\n}\n" : text);
  }

  private static String shopText() throws IOException {
    return Files.readString(PROJECT.resolve("examples/shop/schema.graphql"));
  }

  private static Schema shop() throws IOException {
    return ((ParseResult.Parsed) SchemaParser.parse("schema.graphql", shopText())).schema();
  }

  private static List<Seen> yaml(Reader reader, Block block) throws IOException {
    String name = block.savedAs().orElse("settings/varve.yaml");
    return List.of(reader.saveSettings(name, block.text()));
  }

  /// Each line is a filter or a rule on the orders of the shop; a comment behind it is what is wrong with it.
  private static List<Seen> cel(Block block) throws IOException {
    Schema schema = shop();
    for (int i = 0; i < block.lines().size(); i++) {
      String source = block.lines().get(i);
      if (source.isBlank() || source.startsWith("//")) {
        continue;
      }
      Matcher message =
          MESSAGE.matcher(i + 1 < block.lines().size() ? block.lines().get(i + 1) : "");
      String expected = message.matches() ? message.group(1) + ": " + message.group(2) : "right";
      assertThat(verdict(schema, source)).as(source).isEqualTo(expected);
    }
    return List.of();
  }

  private static String verdict(Schema schema, String source) {
    boolean rule = source.contains("record.") || source.contains("input.");
    try {
      Expressions.compile(
          schema, schema.require("Order"), source, rule ? Vocabulary.RULE : Vocabulary.FILTER);
      return "right";
    } catch (ExpressionException e) {
      return "%d:%d: %s".formatted(e.line(), e.column(), e.text());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyPage")
  void linksLeadSomewhere(String name) throws Exception {
    Page page = page(name);
    List<String> broken = new ArrayList<>();
    for (Page.Link link : page.links()) {
      if (!link.target().matches("[a-z]+:.*") && !leadsSomewhere(page, link.target())) {
        broken.add("%s:%d: %s".formatted(name, link.line(), link.target()));
      }
    }
    assertThat(broken).isEmpty();
  }

  private static boolean leadsSomewhere(Page page, String target) throws IOException {
    String[] parts = target.split("#", 2);
    Path file =
        parts[0].isEmpty()
            ? page.file()
            : Objects.requireNonNull(page.file().getParent()).resolve(parts[0]);
    return Files.exists(file)
        && (parts.length == 1 || Page.read(file).anchors().contains(parts[1]));
  }

  @Test
  void everyPageIsReachedFromTheReadme() throws IOException {
    List<Path> linked = new ArrayList<>();
    for (String name : everyPage()) {
      Page page = page(name);
      for (Page.Link link : page.links()) {
        linked.add(page.file().resolveSibling(link.target().replaceFirst("#.*", "")).normalize());
      }
    }
    assertThat(everyPage())
        .allSatisfy(name ->
            assertThat(name.equals("README.md") || linked.contains(PROJECT.resolve(name)))
                .as(name + " is linked")
                .isTrue());
  }

  @Test
  void testsThatAPageNamesAreThere() throws IOException {
    Matcher named =
        Pattern.compile("`([A-Z][A-Za-z]+Test)`")
            .matcher(Files.readString(PROJECT.resolve("docs/concepts/abuse.md")));
    Set<String> names = new TreeSet<>();
    while (named.find()) {
      names.add(named.group(1) + ".java");
    }
    try (Stream<Path> files = Files.walk(PROJECT.resolve("server/src/test/java"))) {
      assertThat(files.map(file -> file.getFileName().toString())).containsAll(names);
    }
    assertThat(names).isNotEmpty();
  }

  @Test
  void picturesAreWellFormed() throws Exception {
    try (Stream<Path> files = Files.list(PROJECT.resolve("docs/images"))) {
      for (Path file : files.toList()) {
        assertThat(isPicture(file)).as(file.toString()).isTrue();
        assertThat(Files.size(file)).as(file.toString()).isLessThan(120_000);
      }
    }
  }

  private static boolean isPicture(Path file) throws Exception {
    if (file.toString().endsWith(".png")) {
      return ImageIO.read(file.toFile()) != null;
    }
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(file.toFile())
        .getDocumentElement()
        .getNodeName()
        .equals("svg");
  }

  @Test
  void theRestReferenceListsEveryErrorCodeWithItsStatus() throws IOException {
    Map<String, String> listed =
        page("docs/reference/rest.md").rows().stream()
            .filter(
                cells -> cells.getFirst().matches("`[A-Z_]+`") && cells.get(1).matches("\\d{3}"))
            .collect(toMap(cells -> cells.getFirst().replace("`", ""), cells -> cells.get(1)));
    Map<String, String> real =
        Arrays.stream(ErrorCode.values())
            .collect(toMap(ErrorCode::name, code -> String.valueOf(code.status())));
    assertThat(listed).isEqualTo(real);
  }

  @Test
  void theSchemaReferenceHasEveryDirectiveAndScalar() throws IOException {
    Page page = page("docs/reference/schema.md");
    assertThat(page.lines())
        .containsAll(
            matches("(?m)^directive @(\\w+)", definitions())
                .map(name -> "### `@" + name + "`")
                .toList());
    assertThat(page.rows().stream().map(List::getFirst).toList())
        .containsAll(
            Arrays.stream(ScalarType.values())
                .map(scalar -> "`" + scalar.schemaName() + "`")
                .toList());
  }

  private static String definitions() throws IOException {
    try (InputStream in =
        dev.varve.schema.sdl.SchemaParser.class.getResourceAsStream("directives.graphql")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Stream<String> matches(String regex, String text) {
    return Pattern.compile(regex).matcher(text).results().map(match -> match.group(1));
  }

  @Test
  void theCommandReferenceHasEveryCommandWithItsOptions() throws IOException {
    Page page = page("docs/reference/cli.md");
    InstalledVarve.commands()
        .forEach((name, options) -> {
          String section = page.section("## `varve " + name + "`");
          assertThat(section).as("the section of varve " + name).isNotEmpty();
          options.forEach(option -> assertThat(section).as("varve " + name).contains(option));
        });
  }

  /// Limits are listed as `| 500 | of what | `Page.LIMIT_MAX` |`, or with the name of a setting.
  @Test
  void limitsAreThoseOfTheCode() throws IOException {
    List<List<String>> rows =
        page("docs/concepts/limits.md").rows().stream()
            .filter(cells -> cells.getFirst().matches("[\\d,]+"))
            .toList();
    assertThat(rows).hasSizeGreaterThan(50);
    for (List<String> cells : rows) {
      String name = cells.get(2).replace("`", "");
      assertThat(name.matches(".*[A-Z_]{3,}") ? constant(name) : setting(name))
          .as(name)
          .isEqualTo(Long.parseLong(cells.getFirst().replace(",", "")));
    }
  }

  private static long setting(String name) throws IOException {
    return page("docs/reference/settings.md").rows().stream()
        .filter(cells -> cells.getFirst().startsWith("`" + name + "`"))
        .mapToLong(cells -> Long.parseLong(cells.get(1).replace("`", "")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("There is no setting " + name));
  }

  private static long constant(String qualified) throws IOException {
    String file = qualified.substring(0, qualified.indexOf('.')) + ".java";
    String name = qualified.substring(qualified.indexOf('.') + 1);
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.walk(PROJECT.resolve("server/src/main/java"))) {
      for (Path source : files.filter(each -> each.endsWith(file)).toList()) {
        sources.append(Files.readString(source));
      }
    }
    String value =
        matches("\\b" + name + "\\s*=\\s*([^;]+);", sources.toString())
            .findFirst()
            .orElseThrow(() -> new AssertionError("There is no " + qualified));
    return product(value.replaceAll("Duration\\.of\\w+\\((.*)\\)", "$1"));
  }

  private static long product(String factors) {
    return Arrays.stream(factors.replaceAll("[_L\\s]", "").split("\\*"))
        .mapToLong(Long::parseLong)
        .reduce(1, Math::multiplyExact);
  }
}
