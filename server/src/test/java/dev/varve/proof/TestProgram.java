package dev.varve.proof;

import dev.varve.kernel.TestFolders;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How Java starts a program with the classes of Varve and of its tests as a process of its own.
///
/// With `-Dvarve.test.archive=true` what such processes load is read and linked once, into an archive of classes (an AOT cache, JEP
/// 514): it costs as much as four starts, and takes half from each later one. It is made beside the first programs, which do not
/// wait for it; and if it is not made, they start as before.
public final class TestProgram {
  private static final boolean ARCHIVES = Boolean.getBoolean("varve.test.archive");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  // the collector has to be the same wherever the archive is read; little runs often enough for the
  // second compiler
  private static final List<String> OPTIONS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED");

  private static final AtomicBoolean BEGUN = new AtomicBoolean();
  private static volatile @Nullable Process archiver;
  private static volatile List<String> classes = List.of("-cp", CLASS_PATH);

  private TestProgram() {}

  /// The words of the command.
  ///
  /// @param main the class of the program
  /// @param options of the Java process
  public static List<String> command(String main, List<String> options, List<String> arguments) {
    if (ARCHIVES && BEGUN.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("class-archive").start(TestProgram::archive);
    }
    return words(classes, main, options, arguments);
  }

  private static List<String> words(
      List<String> classes, String main, List<String> options, List<String> arguments) {
    List<String> words = new ArrayList<>();
    words.add(JAVA);
    words.addAll(OPTIONS);
    words.addAll(options);
    words.addAll(classes);
    words.add(main);
    words.addAll(arguments);
    return words;
  }

  private static void archive() {
    try {
      Path folder = Files.createTempDirectory("varve-classes-");
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> remove(folder)));
      String jars = jars(folder);
      Path archive = folder.resolve("classes.aot");
      Process archiving =
          new ProcessBuilder(
                  words(
                      List.of("-cp", jars),
                      ServerProcess.MAIN,
                      List.of("-XX:AOTCacheOutput=" + archive, "-Djava.io.tmpdir=" + folder),
                      List.of("rehearse")))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("said.txt").toFile())
              .start();
      archiver = archiving;
      if (archiving.waitFor() == 0 && Files.exists(archive)) {
        classes = List.of("-XX:AOTCache=" + archive, "-Xlog:aot=off", "-Xlog:cds=off", "-cp", jars);
      } else {
        System.out.printf("No archive of classes, see %s%n", folder.resolve("said.txt"));
      }
    } catch (IOException e) {
      System.out.println("No archive of classes: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void remove(Path folder) {
    Process archiving = archiver;
    if (archiving != null) {
      archiving.destroyForcibly().onExit().join();
    }
    TestFolders.delete(folder);
  }

  /// The class path with a jar in the place of each folder, because an archive takes classes from jars alone.
  private static String jars(Path folder) throws IOException {
    List<String> jars = new ArrayList<>();
    for (String element : CLASS_PATH.split(File.pathSeparator, -1)) {
      Path path = Path.of(element);
      if (Files.isDirectory(path)) {
        Path jar = folder.resolve("classes-%d.jar".formatted(jars.size()));
        write(path, jar);
        jars.add(jar.toString());
      } else {
        jars.add(element);
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private static void write(Path folder, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(folder)) {
      entries.setLevel(0);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(
            new JarEntry(folder.relativize(file).toString().replace(File.separatorChar, '/')));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
  }
}
