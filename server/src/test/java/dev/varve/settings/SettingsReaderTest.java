package dev.varve.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.UserMistake;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Lists of settings; what is not in a list is told in `node/SettingsTest`.
final class SettingsReaderTest {
  record Door(
      @Setting(standard = "GET POST", says = "The verbs.") List<String> verbs,
      @Setting(standard = "", max = 2, says = "The guests.") List<String> guests,
      @Setting(says = "The locks.") List<Lock> locks) {
    Door {
      if (guests.contains("nobody")) {
        throw new WrongSetting(
            "guests[%d]".formatted(guests.indexOf("nobody")), "must be somebody, such as anna");
      }
    }
  }

  record Lock(
      @Setting(required = true, says = "Its name.") String name,
      @Setting(standard = "1m", min = 1, max = 3_600, says = "How long it stays shut.")
          Duration shut,
      @Setting(standard = "", says = "Its keys.") List<String> keys) {
    Lock {
      if (keys.size() > 3) {
        throw new WrongSetting("keys", "must fit on a ring, which holds three");
      }
    }
  }

  record House(Door door, @Setting(max = 2, says = "The lamps of the house.") List<Lamp> lamps) {}

  record Lamp(@Setting(standard = "40", max = 100, says = "Its watts.") int watts) {}

  private static SettingsReader reader(String yaml, Map<String, String> environment) {
    SettingsReader reader = new SettingsReader(SettingDefinition.allOf(House.class), Set.of());
    reader.readFile("varve.yaml", yaml);
    reader.readEnvironment(environment);
    return reader;
  }

  private static House house(String yaml, Map<String, String> environment) {
    SettingsReader reader = reader(yaml, environment);
    assertThat(reader.mistakes()).isEmpty();
    return reader.make(House.class);
  }

  @Test
  void listsThatNobodySetsHaveTheirDefaults() {
    assertThat(house("", Map.of()))
        .isEqualTo(new House(new Door(List.of("GET", "POST"), List.of(), List.of()), List.of()));
  }

  @Test
  void listsAreWrittenInEveryWayOfYaml() {
    House house =
        house(
            """
            door:
              verbs:
                - PUT
                - "PATCH"
              guests: anna bert
              locks:
                - name: upper
                  shut: 2m
                  keys: [brass, steel]
                - {name: lower}
            lamps:
              - watts: 5
              - {}
            """,
            Map.of());
    assertThat(house)
        .isEqualTo(
            new House(
                new Door(
                    List.of("PUT", "PATCH"),
                    List.of("anna", "bert"),
                    List.of(
                        new Lock("upper", Duration.ofMinutes(2), List.of("brass", "steel")),
                        new Lock("lower", Duration.ofMinutes(1), List.of()))),
                List.of(new Lamp(5), new Lamp(40))));
  }

  @Test
  void theEnvironmentSetsListsOfTextsBeforeTheFile() {
    House house =
        house(
            "door: {verbs: [PUT], guests: [anna]}",
            Map.of("VARVE_DOOR_VERBS", "  GET   HEAD ", "VARVE_DOOR_GUESTS", ""));
    assertThat(house.door().verbs()).containsExactly("GET", "HEAD");
    assertThat(house.door().guests()).isEmpty();
  }

  @Test
  void theEnvironmentSetsNoListsOfRecords() {
    SettingsReader reader = reader("", Map.of("VARVE_LAMPS", "40"));
    assertThat(reader.warnings())
        .containsExactly("The environment sets VARVE_LAMPS, which is no setting.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          door: {verbs: {GET: 1}}         | 1:15: door.verbs must be a list of texts, such as [a, b]; one text is split at its spaces
          door: {verbs: [GET, [PUT]]}     | 1:21: door.verbs[1] must be a text without spaces
          door: {verbs: [GET, null]}         | 1:21: door.verbs[1] must be a text without spaces
          door: {verbs: ['']}             | 1:16: door.verbs[0] must be a text without spaces
          door: {verbs: [GET PUT]}        | 1:16: door.verbs[0] must be a text without spaces
          door: {verbs: }                 | 1:14: door.verbs has no value. Give it one, or take the line out for the default, [GET, POST]
          door: {guests: [a, b, c]}       | 1:16: door.guests must be a list of texts, such as [a, b]; one text is split at its spaces; from 0 to 2 of them; it has 3
          door: {guests: a b c}           | 1:16: door.guests must be a list of texts, such as [a, b]; one text is split at its spaces; from 0 to 2 of them; it is 'a b c'
          door: {locks: upper}            | 1:15: door.locks must be a list; each element has name, shut, keys. Begin each with '- '
          door: {locks: [upper]}          | 1:16: The settings of door.locks[0] are written under it, one to a line
          door: {locks: [null]}           | 1:16: door.locks[0] has no settings. Write them under it, or take it out
          door: {locks: [{nam: a}]}       | 1:17: There is no setting 'door.locks[0].nam'. Did you mean 'door.locks[0].name'?
          door: {locks: [{name: }]}       | 1:22: door.locks[0].name has no value. Give it one: text
          door: {locks: [{name: a, name: b}]} | 1:26: door.locks[0].name is set twice
          door: {locks: [{name: a}, {name: b, shut: 2h}]} | 1:43: door.locks[1].shut must be a duration from 1s to 1h, such as 30s, 15m, 12h or 90d; it is '2h'
          lamps: 40                       | 1:8: lamps must be a list; each element has watts; from 0 to 2 of them. Begin each with '- '
          lamps: [{}, {}, {}]             | 1:8: lamps must be a list; each element has watts; from 0 to 2 of them; it has 3
          lamps: [{watts: 200}]           | 1:17: lamps[0].watts must be a whole number from 0 to 100; it is '200'
          lamps: []@lamps: []             | 2:1: The section lamps stands twice
          watts: 1                        | 1:1: There is no section 'watts'. Write 'watts' under 'lamps:'.
          """)
  void aMistakeIsNamedWithItsPlace(String yaml, String message) {
    assertThat(reader(yaml.replace('@', '\n') + "\n", Map.of()).mistakes())
        .containsExactly("varve.yaml:" + message);
  }

  @Test
  void whatRecordsRefuseIsNamedWithItsPlaceAllAtOnce() {
    SettingsReader reader =
        reader(
            """
            door:
              guests: [anna, nobody]
              locks: []
            """,
            Map.of());
    assertThatThrownBy(() -> reader.make(House.class))
        .isInstanceOf(UserMistake.class)
        .hasMessage("varve.yaml:2:18: door.guests[1] must be somebody, such as anna");

    SettingsReader locks =
        reader(
            """
            door:
              locks:
                - name: upper
                  keys: a b c d
                - shut: 1m
            """,
            Map.of());
    assertThatThrownBy(() -> locks.make(House.class))
        .hasMessage(
            String.join(
                System.lineSeparator(),
                "varve.yaml:4:13: door.locks[0].keys must fit on a ring, which holds three",
                "varve.yaml:5:7: door.locks[1] needs name, which is text"));
  }

  @Test
  void whatTheEnvironmentSetsIsNamedByItsVariable() {
    assertThatThrownBy(() -> reader("", Map.of("VARVE_DOOR_GUESTS", "nobody")).make(House.class))
        .hasMessage("VARVE_DOOR_GUESTS: door.guests[0] must be somebody, such as anna");
  }

  @Test
  void whatProvesWrongLaterIsNamedWithTheNearestPlace() {
    SettingsReader reader = reader("door: {verbs: [PUT]}", Map.of());
    assertThat(reader.located(new WrongSetting("door.verbs[0]", "is not known")))
        .hasMessage("varve.yaml:1:16: door.verbs[0] is not known");
    assertThat(reader.located(new WrongSetting("door.guests", "do not come")))
        .hasMessage("varve.yaml:1:7: door.guests do not come");
    assertThat(reader.located(new WrongSetting("lamps", "are out")))
        .hasMessage("the settings: lamps are out");
  }

  @Test
  void theReferenceShowsListsAndWhatTheirElementsHave() {
    SettingsReference reference = new SettingsReference(SettingDefinition.allOf(House.class));
    assertThat(reference.markdown())
        .contains(
            "| `door.verbs`<br>`VARVE_DOOR_VERBS` | `[GET, POST]` | The verbs.<br>",
            "| `door.locks` | `[]` | The locks.<br>",
            "| `door.locks[].name` | required | Its name.<br>*Text.* |",
            "\n## lamps\n",
            "| `lamps` | `[]` | The lamps of the house.<br>",
            "| `lamps[].watts` | `40` | Its watts.<br>");
    assertThat(reference.commentedFile())
        .contains(
            """
            # door:
            #   # The verbs.
            #   verbs: [GET, POST]
            #   # The guests.
            #   guests: []
            #   # The locks.
            #   #   name: Its name.
            #   #   shut: How long it stays shut.
            #   #   keys: Its keys.
            #   locks: []

            # # The lamps of the house.
            # #   watts: Its watts.
            # lamps: []
            """);
  }
}
