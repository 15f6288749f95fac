package dev.varve.command;

import dev.varve.identity.token.Secrets;
import dev.varve.identity.token.SigningKeys;
import dev.varve.kernel.UserMistake;
import dev.varve.node.Engine;
import dev.varve.node.Settings;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `varve keys`: the keys that sign access tokens.
@Command(
    name = "keys",
    description = "Changes the keys that sign access tokens, without a server running.",
    footer = {
      "",
      "A server makes its first keys, and new ones in time, by itself. Rotate them by hand when the",
      "old ones may be known to others; then discard them as well.",
      "",
      "Example:",
      "  varve keys rotate shop",
      "  varve keys rotate shop --discard"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class KeysCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name what to do: rotate");
  }

  @Command(
      name = "rotate",
      description = "Makes a new key, which signs from now on.",
      footer = {
        "",
        "Tokens that the old key signed are good until they expire, unless it is discarded.",
        "",
        "Example:",
        "  varve keys rotate shop"
      })
  int rotate(
      @Mixin AppFolder app,
      @Option(
              names = "--discard",
              description =
                  "Removes the old keys, even those whose secret is lost: access tokens given out so far are refused, and each client's next refresh brings a good one.")
          boolean discard) {
    AppFolder.LoadedSchema loaded = app.schema();
    Settings settings = Settings.load(app.folder());
    if (settings.auth().jwt().algorithm().shared()) {
      throw new UserMistake(
          List.of(
              "auth.jwt.algorithm is HS256, whose key is the environment variable %s: set another there"
                  .formatted(Secrets.JWT)));
    }
    AppData.require(app);
    try (AppData data = AppData.hold(app);
        Engine engine = data.start(loaded, settings)) {
      String id = rotate(settings, data, engine, discard);
      spec.commandLine().getOut().printf("The key %s signs from now on.%n", id);
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  private static String rotate(Settings settings, AppData data, Engine engine, boolean discard) {
    if (discard) {
      SigningKeys.discard(engine.sequencer());
    }
    SigningKeys keys =
        SigningKeys.open(
            settings.auth().jwt(),
            Secrets.of(System.getenv()),
            data.folder(),
            data.database(),
            engine.sequencer(),
            engine.following().freshness(),
            Clock.systemUTC());
    return keys.rotate();
  }
}
