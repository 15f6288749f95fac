package dev.varve.store.follow;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;

/// How several processes on one database of PostgreSQL go together; section `nodes` of `varve.yaml`.
public record NodeSettings(
    @Setting(
            standard = "",
            says =
                "What this node is called where nodes are listed, such as the name of its machine. Give it by the environment variable VARVE_NODES_NAME where all nodes have the same file.")
        String name,
    @Setting(
            standard = "200ms",
            max = 10,
            says =
                "How often a node looks at what others have written, also when it hears of nothing. At least 20ms.")
        Duration lookTime,
    @Setting(
            standard = "1s",
            min = 1,
            max = 60,
            says =
                "For how long after a look a node believes what it has in memory, such as that a session is open; then it asks the database. At least three times nodes.lookTime.")
        Duration believedTime) {
  // in this order: the default is checked, too
  private static final Duration LOOK_MIN = Duration.ofMillis(20);
  // of a line that people read
  private static final int NAME_LENGTH_MAX = 64;

  public static final NodeSettings DEFAULT =
      new NodeSettings("", Duration.ofMillis(200), Duration.ofSeconds(1));

  public NodeSettings {
    if (name.length() > NAME_LENGTH_MAX) {
      throw new WrongSetting(
          "name", "is longer than %d characters. Give a shorter one".formatted(NAME_LENGTH_MAX));
    }
    if (lookTime.compareTo(LOOK_MIN) < 0) {
      throw new WrongSetting(
          "lookTime", "is shorter than 20ms: the database would do little else. Give 20ms or more");
    }
    if (believedTime.compareTo(lookTime.multipliedBy(3)) < 0) {
      throw new WrongSetting(
          "believedTime",
          "is shorter than three times nodes.lookTime, so that nothing in memory would be of use. Give a longer one, or look more often");
    }
  }
}
