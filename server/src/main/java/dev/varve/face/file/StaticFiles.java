package dev.varve.face.file;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.AcceptEncoding;
import dev.varve.net.http.AcceptedTypes;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ByteRange;
import dev.varve.net.http.HttpDate;
import dev.varve.net.http.OwnPaths;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Answers with the files of some folders. Their routes take what no other route takes, and nothing below the first
/// segment of another route: what is missing under `/api` is missing, and not a page.
public final class StaticFiles {
  private static final String WELL_KNOWN = ".well-known";

  private final List<Mount> mounts;

  public StaticFiles(List<StaticFolder> folders) {
    this.mounts = folders.stream().map(Mount::new).toList();
  }

  /// A folder where it is served.
  private record Mount(StaticFolder settings, FileCache files, ServedFolder folder) {
    private Mount(StaticFolder settings) {
      this(settings, new ServedFolder(Path.of(settings.directory()), settings.path().equals("/")));
    }

    private Mount(StaticFolder settings, ServedFolder folder) {
      this(settings, new FileCache(folder), folder);
    }

    String pattern() {
      return settings.path().equals("/") ? "/{path...}" : settings.path() + "/{path...}";
    }

    Optional<FileContent> index() {
      return files.find(List.of());
    }
  }

  /// Whether one of the folders is served at `/`.
  public boolean hasRoot() {
    return mounts.stream().anyMatch(mount -> mount.settings().path().equals("/"));
  }

  /// @param others every other route of the server
  public List<Route> routes(List<Route> others) {
    Set<String> reserved = new HashSet<>(OwnPaths.KEPT_FREE);
    others.stream().map(route -> OwnPaths.firstSegment(route.pattern())).forEach(reserved::add);
    reserved.remove("");
    reserved.remove(WELL_KNOWN);
    return mounts.stream().map(mount -> route(mount, reserved)).toList();
  }

  private static Route route(Mount mount, Set<String> reserved) {
    return Route.unlisted("GET", mount.pattern(), request -> answer(mount, reserved, request));
  }

  private static Answer answer(Mount mount, Set<String> reserved, Request request) {
    if (reserved.contains(request.segments().getFirst().toLowerCase(Locale.ROOT))) {
      throw nothingAt(request);
    }
    List<String> names = request.tail();
    Optional<FileContent> file = mount.files().find(names);
    if (file.isPresent()) {
      return withHeaders(mount, answer(request, file.get()), file.get());
    }
    if (mount.folder().hasIndex(names)) {
      // links in the page are relative to the folder
      return Answer.empty(308).with("Location", request.path() + "/");
    }
    return page(mount, request).orElseThrow(() -> nothingAt(request));
  }

  /// The page of a single-page application, which knows its own paths.
  private static Optional<Answer> page(Mount mount, Request request) {
    if (!mount.settings().spa()
        || request.segments().getFirst().startsWith(".")
        || !new AcceptedTypes(request.header("Accept")).navigates()) {
      return Optional.empty();
    }
    return mount
        .index()
        .map(index -> withHeaders(mount, answer(request, index), index).varying("Accept"));
  }

  private static Problem nothingAt(Request request) {
    return Problem.notFound("There is nothing at " + OwnPaths.shown(request.path()));
  }

  private static Answer answer(Request request, FileContent content) {
    if (Conditions.areMetByWhatIsKept(request, content)) {
      return Answer.empty(304);
    }
    boolean head = request.method().equals("HEAD");
    Optional<ByteRange> range = head ? Optional.empty() : range(request, content);
    if (range.isEmpty()) {
      return content.whole(head).with("Accept-Ranges", "bytes");
    }
    return range.get().isNothing() ? outside(request, content) : content.part(range.get());
  }

  /// A range is one of the plain form, so there is none for who does not take that.
  private static Optional<ByteRange> range(Request request, FileContent content) {
    Optional<String> range = request.header("Range");
    if (range.isEmpty()
        || AcceptEncoding.of(request.header("Accept-Encoding").orElse("")).identity() == 0
        || !Conditions.rangeStillFits(request, content)) {
      return Optional.empty();
    }
    return ByteRange.parse(range.get(), content.size());
  }

  private static Answer outside(Request request, FileContent content) {
    Problem problem =
        new Problem(
            ErrorCode.RANGE_NOT_SATISFIABLE,
            "The file has %,d bytes, and none of them is in the range that Range asks for"
                .formatted(content.size()));
    return Answer.refusal(problem, request).with("Content-Range", "bytes */" + content.size());
  }

  private static Answer withHeaders(Mount mount, Answer answer, FileContent content) {
    if (answer.status() == ErrorCode.RANGE_NOT_SATISFIABLE.status()) {
      return answer;
    }
    return answer
        .with("ETag", content.tag())
        .with("Last-Modified", HttpDate.text(content.modified()))
        .with("Cache-Control", content.cacheControl())
        .with("Content-Security-Policy", mount.settings().contentSecurityPolicy())
        .with("Referrer-Policy", "same-origin");
  }
}
