package dev.varve;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The package list of the design, as data, and what follows from it.
final class ArchitectureTest {
  private static final String ROOT = "dev.varve";

  /// Floors are folders, rooms the packages in them. Imports point down this list.
  private static final List<String> ROOMS =
      List.of(
          ROOT,
          "command",
          "node",
          "face.openapi",
          "face.graphql",
          "face.graphql.operation",
          "face.graphql.document",
          "face.graphql.type",
          "face.rest",
          "face.events",
          "face.file",
          "face.gateway",
          "face.gateway.cache",
          "face.gateway.aggregate",
          "face.gateway.upstream",
          "face.gateway.discovery",
          "face.gateway.http2",
          "face.gateway.resilience",
          "face.account",
          "face.provider",
          "face.oauth",
          "face.auth",
          "transfer",
          "identity.client",
          "identity.account",
          "identity.factor",
          "identity.passkey",
          "identity.provider",
          "identity.mail",
          "identity.token",
          "net.edge",
          "net.admission",
          "net.limit",
          "net.cors",
          "net.compression",
          "net.proxy",
          "net.tls",
          "net.certificate",
          "net.outgoing",
          "net.http",
          "lane.live",
          "lane.query",
          "lane.write",
          "lane.access",
          "lane.expression",
          "store.copy",
          "store.follow",
          "store.cache",
          "store.state",
          "store.log",
          "store.sql.postgresql",
          "store.sql.sqlite",
          "store.sql",
          "schema.evolution",
          "schema.sdl",
          "schema.record",
          "schema",
          "telemetry",
          "settings",
          "kernel");

  private static final Set<String> NAMES_THAT_SAY_NOTHING =
      Set.of("util", "utils", "common", "impl", "service", "helper", "manager");
  private static final Pattern TYPE_NAME_THAT_SAYS_NOTHING =
      Pattern.compile(".*(Util|Utils|Helper|Manager|Impl|Service)");

  private static final Path PROJECT = Path.of(System.getProperty("basedir", ".")).resolve("..");
  private static final Path SOURCES = PROJECT.resolve("server/src/main/java");
  private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?(dev\\.varve[\\w.]*);", Pattern.MULTILINE);
  private static final Pattern IMPORTED_PACKAGE =
      Pattern.compile("dev\\.varve(\\.[a-z]\\w*)*(?=\\.)");
  private static final Pattern LINK = Pattern.compile("\\[([A-Z]\\w*)[\\].#]");
  private static final Pattern LISTED_ROOM = Pattern.compile("^([a-z][a-z0-9.]*) +\\S");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void everyCompiledClassIsRead() {
    assertThat(CLASSES.size()).isGreaterThan(50);
    assertThat(CLASSES.contain("dev.varve.schema.Schema")).isTrue();
  }

  @Test
  void everyRoomIsInTheList() {
    assertThat(roomsWithClasses()).isSubsetOf(ROOMS);
  }

  @Test
  void everyListedRoomHasItsDescription() {
    for (String name : ROOMS) {
      assertThat(folder(name).resolve("package-info.java")).exists();
    }
  }

  /// Nothing else notices when a description names a class that is gone.
  @Test
  void descriptionsNameClassesOfTheirRoom() {
    for (String room : ROOMS) {
      Path description = folder(room).resolve("package-info.java");
      assertThat(LINK.matcher(read(description)).results().map(link -> link.group(1)))
          .as("classes named in %s", SOURCES.relativize(description))
          .allSatisfy(name -> assertThat(folder(room).resolve(name + ".java")).exists());
    }
  }

  @Test
  void noRoomHasANameThatSaysNothing() {
    Set<String> segments =
        CLASSES.stream()
            .flatMap(type -> Stream.of(type.getPackageName().split("\\.")))
            .collect(toCollection(TreeSet::new));

    assertThat(segments).doesNotContainAnyElementsOf(NAMES_THAT_SAY_NOTHING);
  }

  @Test
  void noTypeHasANameThatSaysNothing() {
    assertThat(topLevelTypes().map(JavaClass::getSimpleName))
        .noneMatch(name -> TYPE_NAME_THAT_SAYS_NOTHING.matcher(name).matches());
  }

  /// Whoever reads a name need not ask which of two it is.
  @Test
  void noSimpleNameStandsInTwoRooms() {
    Map<String, List<String>> rooms =
        topLevelTypes()
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(
                groupingBy(JavaClass::getSimpleName, mapping(ArchitectureTest::room, toList())));

    assertThat(rooms).allSatisfy((name, of) -> assertThat(of).as(name).hasSize(1));
  }

  @Test
  void architectureDocumentPrintsTheSameList() throws IOException {
    List<String> listed =
        Files.readAllLines(PROJECT.resolve("ARCHITECTURE.md")).stream()
            .dropWhile(line -> !line.equals("## Floors and rooms"))
            .dropWhile(line -> !line.startsWith("```"))
            .skip(1)
            .takeWhile(line -> !line.startsWith("```"))
            .map(LISTED_ROOM::matcher)
            .filter(matcher -> matcher.find())
            .map(matcher -> matcher.group(1))
            .toList();

    assertThat(listed).isEqualTo(ROOMS);
  }

  @Test
  void classesUseOnlyRoomsBelowTheirOwn() {
    List<String> upward =
        CLASSES.stream()
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .filter(dependency -> isOurs(dependency.getTargetClass()))
            .filter(ArchitectureTest::pointsUp)
            .map(Dependency::getDescription)
            .distinct()
            .sorted()
            .toList();

    assertThat(upward).as("uses of a package that is not below").isEmpty();
  }

  /// The compiler leaves no trace of an import that is there for a constant or a comment alone.
  @Test
  void importsPointDownTheList() throws IOException {
    List<String> upward = mainSources().flatMap(ArchitectureTest::upwardImports).sorted().toList();

    assertThat(upward).as("imports of a package that is not below").isEmpty();
  }

  @Test
  void roomsHaveNoCycles() {
    slices().matching("dev.varve.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev.varve.lane.access.Authorized", "dev.varve.store.log.Committed"})
  void onlyItsOwnPackageMakesA(String proof) {
    JavaClass type = CLASSES.get(proof);

    assertThat(type.getModifiers()).contains(JavaModifier.FINAL);
    assertThat(type.getConstructors())
        .isNotEmpty()
        .allSatisfy(constructor ->
            assertThat(constructor.getModifiers())
                .doesNotContain(JavaModifier.PUBLIC, JavaModifier.PROTECTED));
  }

  @Test
  void everyPackageIsNullMarked() {
    for (JavaClass type : CLASSES) {
      assertThat(type.getPackage().isAnnotatedWith(NullMarked.class))
          .as("%s is @NullMarked in its package-info", type.getPackageName())
          .isTrue();
    }
  }

  @Test
  void nothingIsInjected() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..inject..", "org.springframework..", "io.helidon.service..")
        .because("App wires every stage by constructor")
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineKnowsHowLoggingIsDone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, "dev.varve.command")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .because("stages log through SLF4J")
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineAndTransfersWriteToTheTerminal() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, "dev.varve.command", "dev.varve.transfer..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }

  /// A thread waits for something that wakes it, or for a scheduled moment.
  @Test
  void noThreadSleeps() {
    List<String> sleeps =
        CLASSES.stream()
            .flatMap(type -> type.getAccessesFromSelf().stream())
            .filter(access -> access.getName().equals("sleep"))
            .filter(access -> access.getTargetOwner().isEquivalentTo(Thread.class))
            .map(JavaAccess::getDescription)
            .toList();

    assertThat(sleeps).isEmpty();
  }

  @Test
  void nothingHangsOnAThread() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ThreadLocal.class)
        .orShould()
        .dependOnClassesThat()
        .haveSimpleNameEndingWith("ThreadLocal")
        .because("requests run on virtual threads: what they need is passed, or a ScopedValue")
        .check(CLASSES);
  }

  private static Stream<JavaClass> topLevelTypes() {
    return CLASSES.stream().filter(JavaClass::isTopLevelClass);
  }

  private static Set<String> roomsWithClasses() {
    return CLASSES.stream().map(ArchitectureTest::room).collect(toCollection(TreeSet::new));
  }

  private static Path folder(String name) {
    Path root = SOURCES.resolve("dev/varve");
    return name.equals(ROOT) ? root : root.resolve(name.replace('.', '/'));
  }

  private static boolean pointsUp(Dependency dependency) {
    String from = room(dependency.getOriginClass());
    String to = room(dependency.getTargetClass());
    return pointsUp(from, to);
  }

  private static boolean pointsUp(String from, String to) {
    return !from.equals(to) && ROOMS.indexOf(to) <= ROOMS.indexOf(from);
  }

  private static boolean isOurs(JavaClass type) {
    String packageName = type.getPackageName();
    return packageName.equals(ROOT) || packageName.startsWith(ROOT + ".");
  }

  /// The package as the list names it.
  private static String room(JavaClass type) {
    return room(type.getPackageName());
  }

  private static String room(String packageName) {
    return packageName.equals(ROOT) ? ROOT : packageName.substring(ROOT.length() + 1);
  }

  private static Stream<Path> mainSources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    }
  }

  private static Stream<String> upwardImports(Path file) {
    String source = read(file);
    String from = room(packageOf(source));
    return IMPORT
        .matcher(source)
        .results()
        .map(result -> result.group(1))
        .filter(name -> pointsUp(from, importedPackage(name)))
        .map(name -> "%s imports %s".formatted(SOURCES.relativize(file), name));
  }

  private static String packageOf(String source) {
    Matcher matcher = PACKAGE.matcher(source);
    assertThat(matcher.find()).as("a package declaration").isTrue();
    return matcher.group(1);
  }

  /// The package of an imported name: its leading parts in small letters.
  private static String importedPackage(String name) {
    Matcher matcher = IMPORTED_PACKAGE.matcher(name);
    return matcher.lookingAt() ? room(matcher.group()) : name;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
