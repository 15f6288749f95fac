package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.node.App;
import dev.varve.node.Settings;
import dev.varve.settings.WrongSetting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Serves the gateway as `varve.yaml` has it now, and says what came of it.
final class GatewayReload {
  private static final String NOTHING_CHANGED = "The gateway that is served is the one before.";

  private final Path folder;
  private final App running;
  private final Supplier<Settings> settings;

  /// @param folder of the application
  /// @param settings reads them, with what the command line says on top
  GatewayReload(Path folder, App running, Supplier<Settings> settings) {
    this.folder = folder;
    this.running = running;
    this.settings = settings;
  }

  ReloadNotes.Outcome reload() {
    try {
      return done(running.reload(settings.get()));
    } catch (WrongSetting wrong) {
      return refused(Settings.located(folder, wrong));
    } catch (UserMistake mistake) {
      return refused(mistake);
    }
  }

  private ReloadNotes.Outcome done(List<String> others) {
    List<String> lines = new ArrayList<>();
    lines.add("The gateway of %s is served.".formatted(folder.resolve(Settings.FILE)));
    others.forEach(key -> lines.add(later(key)));
    return new ReloadNotes.Outcome(true, lines);
  }

  private String later(String key) {
    return Settings.placeOf(folder, key).map(place -> place + ": ").orElse("")
        + key
        + " is not what it was when the server started: restart it for that.";
  }

  private static ReloadNotes.Outcome refused(UserMistake mistake) {
    List<String> lines = new ArrayList<>(String.valueOf(mistake.getMessage()).lines().toList());
    lines.add(NOTHING_CHANGED);
    return new ReloadNotes.Outcome(false, lines);
  }
}
