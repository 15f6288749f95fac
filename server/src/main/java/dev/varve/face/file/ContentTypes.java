package dev.varve.face.file;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The media types of files, by the extensions of their names (IANA's registry, and for scripts RFC 9239).
final class ContentTypes {
  private static final String UNKNOWN = "application/octet-stream";
  private static final String UTF_8 = "; charset=utf-8";
  private static final Map<String, String> BY_EXTENSION = new HashMap<>();

  static {
    List.of(
            "html htm text/html",
            "css text/css",
            "js mjs cjs text/javascript",
            "txt log text/plain",
            "md text/markdown",
            "csv text/csv",
            "ics text/calendar",
            "vtt text/vtt",
            "xml xsl application/xml",
            "json map application/json",
            "ndjson application/x-ndjson",
            "jsonld application/ld+json",
            "geojson application/geo+json",
            "webmanifest application/manifest+json",
            "rss application/rss+xml",
            "atom application/atom+xml",
            "xhtml application/xhtml+xml",
            "svg image/svg+xml",
            "png image/png",
            "apng image/apng",
            "jpg jpeg image/jpeg",
            "gif image/gif",
            "webp image/webp",
            "avif image/avif",
            "bmp image/bmp",
            "tif tiff image/tiff",
            "ico image/vnd.microsoft.icon",
            "woff font/woff",
            "woff2 font/woff2",
            "ttf font/ttf",
            "otf font/otf",
            "mp3 audio/mpeg",
            "m4a audio/mp4",
            "ogg oga opus audio/ogg",
            "wav audio/wav",
            "flac audio/flac",
            "mp4 m4v video/mp4",
            "webm video/webm",
            "ogv video/ogg",
            "mov video/quicktime",
            "pdf application/pdf",
            "wasm application/wasm",
            "zip application/zip",
            "gz application/gzip",
            "tar application/x-tar")
        .forEach(ContentTypes::add);
  }

  private ContentTypes() {}

  private static void add(String line) {
    String[] words = line.split(" ", -1);
    String type = words[words.length - 1];
    for (int i = 0; i < words.length - 1; i++) {
      BY_EXTENSION.put(words[i], type.startsWith("text/") ? type + UTF_8 : type);
    }
  }

  static String of(String name) {
    int dot = name.lastIndexOf('.');
    return BY_EXTENSION.getOrDefault(
        dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT), UNKNOWN);
  }
}
