package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// An operation asks the database one question for each relation, however many records there are.
class BatchingTest {
  private static final Path CHINOOK = Path.of("..", "examples", "chinook", "schema.graphql");

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start(Files.readString(CHINOOK));
    List<Map<String, Object>> operations = new ArrayList<>();
    operations.add(create("media-types", Map.of("id", "m", "name", "MPEG")));
    operations.add(create("genres", Map.of("id", "rock", "name", "Rock")));
    operations.add(create("genres", Map.of("id", "jazz", "name", "Jazz")));
    for (int artist = 1; artist <= 12; artist++) {
      operations.add(create("artists", Map.of("id", "a" + artist, "name", "Artist " + artist)));
      for (int album = 1; album <= 4; album++) {
        String albumId = "a%d-%d".formatted(artist, album);
        operations.add(
            create(
                "albums",
                Map.of("id", albumId, "title", "Album " + albumId, "artist", "a" + artist)));
        for (int track = 1; track <= 10; track++) {
          operations.add(
              create(
                  "tracks",
                  Map.of(
                      "id",
                      albumId + "-" + track,
                      "name",
                      "Track " + track,
                      "album",
                      albumId,
                      "genre",
                      track % 2 == 0 ? "rock" : "jazz",
                      "mediaType",
                      "m",
                      "milliseconds",
                      (long) track,
                      "unitPrice",
                      "0.99")));
        }
      }
    }
    byte[] body = Json.bytes(generator -> Json.write(generator, Map.of("operations", operations)));
    Reply reply =
        server.send("POST", "/api/batch", Map.of(), new String(body, StandardCharsets.UTF_8));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
  }

  private static Map<String, Object> create(String path, Map<String, Object> body) {
    return Map.of("method", "POST", "path", "/api/" + path, "body", body);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply ask(String document) {
    Reply reply =
        Scenario.send(
            server,
            Map.of("query", Scenario.quoted(document)),
            Map.of("Accept", AcceptHeader.GRAPHQL, "Varve-Cost", "yes"));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply;
  }

  private static long statements(String document) {
    return (Long) Scenario.at(ask(document).json(), "extensions", "cost", "statements");
  }

  @Test
  void threeLevelsCostTheSameForOneArtistAndForTwelve() {
    String document =
        "{ artists(limit: %d) { name albums(limit: %d) { title tracks(limit: %d) { name genre { name } } } } }";
    long one = statements(document.formatted(1, 1, 1));
    long all = statements(document.formatted(12, 4, 10));
    // the position; artists, albums, tracks, genres
    assertThat(one).isEqualTo(5);
    assertThat(all).isEqualTo(one);
  }

  @Test
  void everyParentGetsItsOwnFirstRecords() {
    String text =
        ask("{ artists(limit: 12) { albums(limit: 2, orderBy: [{id: DESC}]) { id tracks(limit: 1, where: {genre: {name: {eq: 'Rock'}}}) { name } } } }")
            .text();
    for (int artist = 1; artist <= 12; artist++) {
      assertThat(text)
          .contains(
              "{\"albums\":[{\"id\":\"a%1$d-4\",\"tracks\":[{\"name\":\"Track 10\"}]},{\"id\":\"a%1$d-3\",\"tracks\":[{\"name\":\"Track 10\"}]}]}"
                  .formatted(artist));
    }
  }

  @Test
  void thePastIsAskedAsFewQuestions() {
    String tree = "{ artists(limit: 12) { albums { tracks { genre { name } } } } }";
    assertThat(statements("query @asOf(at: 'position:1') " + tree)).isEqualTo(statements(tree));
  }

  @Test
  void severalFieldsAtTheRootShareOneSnapshot() {
    assertThat(statements("{ artists { name } albums { title } tracks { name } }")).isEqualTo(4);
  }

  @Test
  void totalCountIsCountedOnlyWhenAskedFor() {
    long plain = statements("{ tracksConnection(first: 1) { nodes { id } } }");
    assertThat(statements("{ tracksConnection(first: 1) { totalCount nodes { id } } }"))
        .isEqualTo(plain + 1);
  }

  @Test
  void aMutationReadsWhatIsAskedForOfAllItsRecordsTogether() {
    long statements =
        statements(
            "mutation { updateAlbum(id: 'a1-1', input: {title: 'New'}) { artist { name albums { title } } } }");
    // the position; the artist, its albums
    assertThat(statements).isEqualTo(3);
  }
}
