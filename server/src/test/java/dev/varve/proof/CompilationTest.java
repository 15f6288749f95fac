package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Code that goes around access control, or that makes up commits, does not compile.
class CompilationTest {
  @TempDir Path classes;

  /// What the compiler says of a method body in another package.
  private List<String> errors(String body) {
    String source =
        """
        package dev.varve.elsewhere;

        import dev.varve.lane.access.*;
        import dev.varve.store.log.*;
        import dev.varve.lane.query.*;
        import dev.varve.lane.write.*;
        import java.time.Instant;
        import java.util.List;
        import java.util.Optional;

        class Attempt {
          Object attempt(Access access, Caller caller, Command command, Read.One read,
              Grants grants, Query query, dev.varve.store.cache.RecordCache cache) {
            %s
          }
        }
        """
            .formatted(body);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///dev/varve/elsewhere/Attempt.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    compiler
        .getTask(
            null,
            null,
            diagnostics,
            List.of("-proc:none", "-classpath", classPath, "-d", classes.toString()),
            null,
            List.of(file))
        .call();
    return diagnostics.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(diagnostic -> diagnostic.getMessage(Locale.ENGLISH))
        .toList();
  }

  @Test
  void whatIsAuthorizedCompiles() {
    assertThat(
            errors(
                """
                Authorized<Command> authorized = access.authorize(caller, command);
                query.one(access.authorize(caller, read));
                return new UnitOfWork(List.of(authorized), "request", Optional.empty());
                """))
        .isEmpty();
  }

  @Test
  void nobodyElseMakesAnAuthorization() {
    assertThat(errors("return new Authorized<>(command, caller, grants);"))
        .singleElement()
        .asString()
        .contains("Authorized", "dev.varve.lane.access", "cannot be accessed from outside package");
    assertThat(errors("return new Authorized<Command>(command, caller, grants) {};"))
        .isNotEmpty()
        .allSatisfy(error -> assertThat(error).contains("Authorized"));
  }

  @Test
  void nobodyElseMakesACommit() {
    assertThat(errors("return new Committed(1, Instant.now(), \"me\", \"request\", List.of());"))
        .singleElement()
        .asString()
        .contains("Committed", "is not public in dev.varve.store.log.Committed");
  }

  @Test
  void aUnitOfWorkTakesNoBareCommand() {
    assertThat(errors("return new UnitOfWork(List.of(command), \"request\", Optional.empty());"))
        .singleElement()
        .asString()
        .contains("Command", "Authorized<dev.varve.lane.access.Command>");
  }

  @Test
  void theReadLaneTakesNoBareRead() {
    assertThat(errors("return query.one(read);"))
        .singleElement()
        .asString()
        .contains("Read.One cannot be converted to", "Authorized");
  }

  @Test
  void theCacheTakesWhatIsCommittedAlone() {
    assertThat(errors("cache.apply(List.of(command)); return cache;"))
        .singleElement()
        .asString()
        .contains("Committed");
  }
}
