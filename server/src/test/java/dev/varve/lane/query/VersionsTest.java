package dev.varve.lane.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionsTest {
  private static final String NOTES =
      """
      type Team @model @auth(rules: [{allow: public}]) {
        id: ID!
        open: Boolean!
      }

      type Note @model @auth(rules: [{allow: where, when: "record.text != 'draft'"}]) {
        id: ID!
        text: String
        stars: Int
        secret: String @auth(rules: [{allow: where, when: "record.stars > 1"}])
      }

      type Task @model @auth(rules: [{allow: where, when: "record.team.open"}]) {
        id: ID!
        team: Team!
        title: String
      }
      """;

  @TempDir Path folder;
  private Backend notes;

  @BeforeEach
  void start() {
    notes = new Backend(folder, NOTES);
  }

  @AfterEach
  void stop() {
    notes.close();
  }

  /// `3 UPDATE @4 [text]`: version, kind, position, changed fields.
  private static List<String> texts(Versions versions) {
    return versions.versions().stream()
        .map(version ->
            "%d %s @%d %s"
                .formatted(
                    version.version(), version.kind(), version.position(), version.changed()))
        .toList();
  }

  private List<String> texts(String model, String id) {
    return notes.versions(model, id).map(VersionsTest::texts).orElse(List.of());
  }

  @Test
  void everyChangeIsAVersionNewestFirst() {
    notes.create("Note", "{'id': 'n', 'text': 'a', 'stars': 2}");
    notes.merge("Note", "n", "{'text': 'b'}");
    notes.merge("Note", "n", "{'text': 'c', 'secret': 's'}");

    assertThat(texts("Note", "n"))
        .containsExactly(
            "3 UPDATE @3 [text, secret]", "2 UPDATE @2 [text]", "1 CREATE @1 [text, stars]");
  }

  @Test
  void aVersionTellsWhenAndByWhomItWasWrittenAndWhatTheRecordWasThen() {
    notes.create("Note", "{'id': 'n', 'text': 'a'}");
    notes.pass(Duration.ofSeconds(5));
    notes.merge("Note", "n", "{'text': 'b'}");

    Versions versions = notes.versions("Note", "n").orElseThrow();
    Versions.Version newest = versions.versions().getFirst();

    assertThat(newest.at()).isEqualTo(Backend.START.plusSeconds(5));
    assertThat(newest.actor()).isEqualTo("operator:test");
    assertThat(newest.requestId()).isEqualTo("request-2026-03-01T12:00:05Z");
    assertThat(newest.item().entity().value(1)).isEqualTo("b");
    assertThat(versions.versions().getLast().item().entity().value(1)).isEqualTo("a");
    assertThat(versions.position()).isEqualTo(2);
  }

  @Test
  void aDeletionAndAReturnAreVersionsToo() {
    notes.create("Note", "{'id': 'n', 'text': 'a'}");
    notes.pass(Duration.ofSeconds(5));
    notes.delete("Note", "n");
    assertThat(texts("Note", "n")).containsExactly("2 DELETE @2 []", "1 CREATE @1 [text]");

    notes.restore("Note", "n", 1);
    notes.merge("Note", "n", "{'text': 'b'}");

    assertThat(texts("Note", "n"))
        .containsExactly(
            "4 UPDATE @4 [text]", "3 UNDELETE @3 []", "2 DELETE @2 []", "1 CREATE @1 [text]");
  }

  /// With another life between: the time of creation is that of the first, and not that of the last.
  @Test
  void aReturnToAnEarlierLifeIsOneToo() {
    notes.create("Note", "{'id': 'n', 'text': 'a'}");
    notes.delete("Note", "n");
    notes.pass(Duration.ofSeconds(5));
    notes.create("Note", "{'id': 'n', 'text': 'b'}");
    notes.delete("Note", "n");
    notes.pass(Duration.ofSeconds(5));

    notes.restore("Note", "n", 1);

    assertThat(texts("Note", "n"))
        .containsExactly(
            "5 UNDELETE @5 [text]",
            "4 DELETE @4 []",
            "3 CREATE @3 [text]",
            "2 DELETE @2 []",
            "1 CREATE @1 [text]");
  }

  @Test
  void aNewRecordWithTheIdOfADeletedOneIsCreated() {
    notes.create("Note", "{'id': 'n', 'text': 'a'}");
    notes.delete("Note", "n");
    notes.pass(Duration.ofSeconds(5));
    notes.create("Note", "{'id': 'n', 'text': 'a'}");

    assertThat(texts("Note", "n"))
        .containsExactly("3 CREATE @3 [text]", "2 DELETE @2 []", "1 CREATE @1 [text]");
  }

  @Test
  void aUnitMayMakeSeveralVersionsAtOnePosition() {
    notes.create("Note", "{'id': 'n', 'text': 'a'}");
    notes.unit(
        notes.merging("Note", "n", "{'text': 'b'}"),
        notes.merging("Note", "n", "{'text': 'c'}"),
        new dev.varve.lane.access.Command.Delete(
            notes.model("Note"), "n", dev.varve.lane.access.Precondition.NONE));

    assertThat(texts("Note", "n"))
        .containsExactly(
            "4 DELETE @2 []", "3 UPDATE @2 [text]", "2 UPDATE @2 [text]", "1 CREATE @1 [text]");
  }

  @Test
  void versionsThatMayNotBeReadAreLeftOut() {
    notes.create("Note", "{'id': 'n', 'text': 'a', 'stars': 1}");
    notes.merge("Note", "n", "{'text': 'draft', 'stars': 2}");
    notes.merge("Note", "n", "{'text': 'b', 'stars': 2}");
    notes.merge("Note", "n", "{'text': 'draft'}");

    // against a version that may not be read, all fields count as changed
    assertThat(texts("Note", "n"))
        .containsExactly("3 UPDATE @3 [text, stars]", "1 CREATE @1 [text, stars]");
  }

  @Test
  void aFieldThatWasHiddenBeforeCountsAsChanged() {
    notes.create("Note", "{'id': 'n', 'text': 'a', 'stars': 1, 'secret': 's'}");
    notes.merge("Note", "n", "{'stars': 2}");

    assertThat(texts("Note", "n"))
        .containsExactly("2 UPDATE @2 [stars, secret]", "1 CREATE @1 [text, stars]");
  }

  @Test
  void aRecordOfWhichNoVersionMayBeReadDoesNotExist() {
    notes.create("Note", "{'id': 'n', 'text': 'draft'}");

    assertThat(notes.versions("Note", "n")).isEmpty();
    assertThat(notes.versions("Note", "m")).isEmpty();
  }

  @Test
  void aVersionIsJudgedByWhatItsRulesLookedAtThen() {
    notes.create("Team", "{'id': 't', 'open': true}");
    notes.create("Task", "{'id': 'x', 'team': 't', 'title': 'a'}");
    notes.merge("Team", "t", "{'open': false}");
    notes.merge("Task", "x", "{'title': 'b'}");
    notes.merge("Team", "t", "{'open': true}");
    notes.merge("Task", "x", "{'title': 'c'}");

    assertThat(texts("Task", "x"))
        .containsExactly("3 UPDATE @6 [team, title]", "1 CREATE @2 [team, title]");
  }

  @Test
  void pagesOfVersionsFollowOneAnother() {
    notes.create("Note", "{'id': 'n', 'text': 'a'}");
    notes.delete("Note", "n");
    notes.restore("Note", "n", 1);
    for (String text : List.of("b", "draft", "c", "draft", "d")) {
      notes.merge("Note", "n", "{'text': '%s'}".formatted(text));
    }
    notes.delete("Note", "n");

    for (int limit = 1; limit < 9; limit++) {
      assertThat(versionsPageByPage(limit)).containsExactly(9L, 8L, 6L, 4L, 3L, 2L, 1L);
    }
  }

  private List<Long> versionsPageByPage(int limit) {
    List<Long> numbers = new java.util.ArrayList<>();
    Optional<Long> before = Optional.empty();
    do {
      Versions page = notes.versions("Note", "n", limit, before).orElseThrow();
      assertThat(page.versions()).hasSizeLessThanOrEqualTo(limit).isNotEmpty();
      page.versions().forEach(version -> numbers.add(version.version()));
      before = page.nextBefore();
    } while (before.isPresent());
    return numbers;
  }
}
