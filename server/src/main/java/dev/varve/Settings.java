package dev.varve;

import dev.varve.cache.CacheSettings;
import dev.varve.http.HttpSettings;
import dev.varve.rest.RestSettings;
import dev.varve.write.WriteSettings;

/// Every setting of an application.
record Settings(HttpSettings http, WriteSettings write, CacheSettings cache, RestSettings rest) {}
