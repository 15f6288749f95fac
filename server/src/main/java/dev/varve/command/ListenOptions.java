package dev.varve.command;

import dev.varve.net.edge.HttpSettings;
import dev.varve.node.Settings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a server listens, when the command line says so.
public final class ListenOptions {
  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "The address to listen on. By default 127.0.0.1: this machine alone.")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to listen on, 8080 by default; 0 takes any free one.")
  private @Nullable Integer port;

  Optional<String> host() {
    return Optional.ofNullable(host);
  }

  /// The settings, with what the command line says on top.
  Settings over(Settings settings) {
    HttpSettings http = settings.http();
    return settings.with(
        http.at(host().orElse(http.host()), Optional.ofNullable(port).orElse(http.port())));
  }
}
