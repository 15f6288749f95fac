package dev.varve.face.file;

import dev.varve.net.http.OwnPaths;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.nio.file.Files;
import java.nio.file.Path;

/// One folder of files that is served; an element of the section `files` of `varve.yaml`.
public record StaticFolder(
    @Setting(
            standard = "/",
            says =
                "Where the files are found: / or a path such as /assets. What Varve answers itself, such as /api, goes first.")
        String path,
    @Setting(
            required = true,
            says =
                "The folder, beside varve.yaml unless it is written in full. Names that start with a dot are not served, nor what links lead to outside of it.")
        String directory,
    @Setting(
            standard = "false",
            says =
                "Whether it holds a single-page application: a browser that asks for a page which is no file gets its index.html.")
        boolean spa,
    @Setting(
            standard = StaticFolder.CONTENT_SECURITY_POLICY,
            says =
                "What its pages may load and who may frame them, as the header Content-Security-Policy says it.")
        String contentSecurityPolicy) {
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

  public StaticFolder {
    if (OwnPaths.KEPT_FREE.contains(OwnPaths.firstSegment(path))) {
      throw new WrongSetting(
          "path", "is %s, where Varve answers itself. Choose another".formatted(path));
    }
    if (!isPath(path)) {
      throw new WrongSetting(
          "path",
          "must be / or a path of plain names such as /assets, without a slash at its end; it is '%s'"
              .formatted(path));
    }
    if (directory.isBlank()) {
      throw new WrongSetting("directory", "must name a folder, such as public");
    }
    if (contentSecurityPolicy.isBlank() || !isPrintable(contentSecurityPolicy)) {
      throw new WrongSetting(
          "contentSecurityPolicy",
          "must be printable ASCII. Take the line out for the default, %s"
              .formatted(CONTENT_SECURITY_POLICY));
    }
  }

  private static boolean isPath(String path) {
    if (path.equals("/")) {
      return true;
    }
    if (!path.startsWith("/")) {
      return false;
    }
    for (String segment : path.substring(1).split("/", -1)) {
      if (segment.isEmpty() || segment.startsWith(".") || !isPlain(segment)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(String segment) {
    return segment
        .chars()
        .allMatch(c -> (c < 0x80 && Character.isLetterOrDigit(c)) || "-._~".indexOf(c) >= 0);
  }

  private static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /// The same, with its folder where it is.
  ///
  /// @param app the folder of `varve.yaml`
  /// @param key of the setting, for messages
  /// @throws WrongSetting when there is no such folder, or it holds more than is meant to be served
  public StaticFolder in(Path app, String key) {
    Path folder = app.resolve(directory).toAbsolutePath().normalize();
    if (!Files.isDirectory(folder)) {
      throw new WrongSetting(
          key + ".directory",
          "names %s, and there is no such folder. Make it, or write the path of another, as seen from varve.yaml"
              .formatted(folder));
    }
    if (app.toAbsolutePath().normalize().startsWith(folder)) {
      throw new WrongSetting(
          key + ".directory",
          "names %s, which holds varve.yaml and the schema. Put what is to be served in a folder of its own, such as public"
              .formatted(folder));
    }
    return new StaticFolder(path, folder.toString(), spa, contentSecurityPolicy);
  }
}
