package dev.varve;

import dev.varve.cache.CacheSettings;
import dev.varve.http.HttpSettings;
import dev.varve.rest.RestSettings;
import dev.varve.write.WriteSettings;
import java.nio.file.Path;

/// Every setting of an application.
record Settings(HttpSettings http, WriteSettings write, CacheSettings cache, RestSettings rest) {
  static Settings load(Path app) {
    return new Settings(
        new HttpSettings(
            "127.0.0.1", 8080, 1 << 20, 16384, 8192, 1024, 1024, 2000, 8192, 60, 30, 60, 10),
        WriteSettings.DEFAULT,
        CacheSettings.DEFAULT,
        RestSettings.DEFAULT);
  }

  Settings listeningAt(Listen listen) {
    return new Settings(listen.over(http), write, cache, rest);
  }
}
