package dev.varve.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportTest {
  private static final String SCHEMA =
      """
      type Artist @model { id: ID! name: String! @length(min: 1, max: 30) country: String }
      type Album @model {
        id: ID!
        title: String!
        artist: Artist!
        released: Date
        recordedAt: DateTime
        price: Decimal! @scale(n: 2) @default(value: "9.99") @range(min: 0)
        minutes: Int
        bytes: Long
        rating: Float
        live: Boolean
        genre: Genre
        tags: [String!]! @default(value: [])
        label: Label
        more: JSON
        code: String @immutable
      }
      type Employee @model { id: ID! name: String! boss: Employee }
      type Seat @model @unique(fields: ["hall", "number"]) { id: ID! hall: String! number: Int! holder: String }
      type Remark @model { id: ID! text: String! }
      type Label { name: String! city: String }
      enum Genre { ROCK JAZZ }
      """;

  @TempDir Path folder;
  private Lanes lanes;

  @BeforeEach
  void open() {
    lanes = Lanes.open(folder.resolve("data"), SCHEMA);
  }

  @AfterEach
  void close() {
    lanes.close();
  }

  private String file(String model, String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, content);
    return model + "=" + file;
  }

  private static List<String> problems(ImportResult result) {
    assertThat(result).isInstanceOf(ImportResult.Stopped.class);
    return ((ImportResult.Stopped) result).problems();
  }

  private static String tallies(ImportResult result) {
    return result.tallies().stream()
        .map(tally ->
            "%s %d: %d created, %d updated, %d unchanged"
                .formatted(
                    tally.model(),
                    tally.read(),
                    tally.created(),
                    tally.updated(),
                    tally.unchanged()))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void columnsAreFoundByNameAndTextsAreTurnedIntoValues() throws IOException {
    ImportResult result =
        lanes.load(
            file(
                "Album",
                "Album.csv",
                """
                \uFEFFAlbumId,Title,ArtistId,released,recorded_at,Price,MINUTES,bytes,rating,live,genre,tags,label.name,label.city,more
                1,"For Those, About To Rock",7,1981-11-23 00:00:00,1981-07-01 12:30:00,12.5,40,5000000000,4.5,yes,ROCK,"[""loud"",""live""]",Atlantic,New York,"{""a"":1}"
                2,Kind of Blue,7,,1959-03-02,,,,,0,,,,,
                """),
            file("Artist", "Artist.csv", "ArtistId,Name\n7,Various\n"));

    assertThat(result).isInstanceOf(ImportResult.Finished.class);
    assertThat(tallies(result))
        .isEqualTo(
            """
            Artist 1: 1 created, 0 updated, 0 unchanged
            Album 2: 2 created, 0 updated, 0 unchanged\
            """);
    assertThat(lanes.records("Album"))
        .containsExactly(
            """
            {"id":"1","title":"For Those, About To Rock","artist":"7","released":"1981-11-23",\
            "recordedAt":"1981-07-01T12:30:00Z","price":"12.50","minutes":40,"bytes":5000000000,\
            "rating":4.5,"live":true,"genre":"ROCK","tags":["loud","live"],\
            "label":{"name":"Atlantic","city":"New York"},"more":{"a":1},"code":null}\
            """,
            """
            {"id":"2","title":"Kind of Blue","artist":"7","released":null,\
            "recordedAt":"1959-03-02T00:00:00Z","price":"9.99","minutes":null,"bytes":null,\
            "rating":null,"live":false,"genre":null,"tags":[],"label":null,"more":null,"code":null}\
            """);
  }

  @Test
  void runningAgainCreatesNothingTwiceAndUpdatesWhatIsNew() throws IOException {
    String artists = file("Artist", "Artist.csv", "id,name,country\n1,AC/DC,AU\n2,Accept,DE\n");
    lanes.load(artists);
    long position = lanes.position();

    assertThat(tallies(lanes.load(artists)))
        .isEqualTo("Artist 2: 0 created, 0 updated, 2 unchanged");
    assertThat(lanes.position()).isEqualTo(position);

    file("Artist", "Artist.csv", "id,name,country\n1,AC/DC,AU\n2,Accept,\n3,Aerosmith,US\n");
    assertThat(tallies(lanes.load(artists)))
        .isEqualTo("Artist 3: 1 created, 1 updated, 1 unchanged");
    assertThat(lanes.position()).isEqualTo(position + 1);
    assertThat(lanes.records("Artist"))
        .contains("{\"id\":\"2\",\"name\":\"Accept\",\"country\":null}");
  }

  @Test
  void aRecordWithoutIdIsKnownByItsUniqueFields() throws IOException {
    String seats = file("Seat", "Seat.csv", "hall,number,holder\nA,1,\nA,2,Kim\nA,1,\n");

    assertThat(tallies(lanes.load(seats))).isEqualTo("Seat 3: 2 created, 0 updated, 1 unchanged");

    file("Seat", "Seat.csv", "hall,number,holder\nA,1,Lee\nA,2,Kim\nB,1,\n");
    assertThat(tallies(lanes.load(seats))).isEqualTo("Seat 3: 1 created, 1 updated, 1 unchanged");
    assertThat(lanes.records("Seat")).hasSize(3);
  }

  @Test
  void aRecordWithoutIdOrUniqueFieldsIsKnownByItsContentAndCount() throws IOException {
    String remarks = file("Remark", "Remark.csv", "text\nfine\nfine\ngood\n");

    assertThat(tallies(lanes.load(remarks))).startsWith("Remark 3: 3 created");
    assertThat(tallies(lanes.load(remarks)))
        .isEqualTo("Remark 3: 0 created, 0 updated, 3 unchanged");

    // in front and in another format
    String lines = file("Remark", "Remark.ndjson", "{\"text\":\"new\"}\n\n{\"text\":\"fine\"}\n");
    assertThat(tallies(lanes.load(lines))).isEqualTo("Remark 2: 1 created, 0 updated, 1 unchanged");
    assertThat(lanes.records("Remark")).hasSize(4);
  }

  @Test
  void aBadLineIsNamedAndNothingOfItsUnitIsKept() throws IOException {
    String albums =
        file(
            "Album",
            "Album.csv",
            """
            id,title,artist,price,live,minutes,genre,tags,recordedAt
            1,One,1,1.00,true,1,ROCK,[],
            2,Two,1,2.00,true,1,ROCK,[],
            3,"Three
            lines
            ",1,3.00,no,1,ROCK,[],
            4,,1,abc,maybe,1.5,POP,loud,yesterday
            5,Five,1,-1,,,,,
            """);
    file("Artist", "Artist.csv", "id,name\n1,AC/DC\n");
    lanes.load("Artist=" + folder.resolve("Artist.csv"));

    ImportResult result = lanes.load(2, List.of(albums));

    assertThat(problems(result))
        .containsExactly(
            "Album.csv:7: tags: must be a list as JSON, such as [\"a\",\"b\"]",
            "Album.csv:7: price: must be a decimal number, such as \"19.90\"",
            "Album.csv:7: live: must be true or false",
            "Album.csv:7: minutes: must be a whole number from -2147483648 to 2147483647",
            "Album.csv:7: genre: must be one of ROCK, JAZZ",
            "Album.csv:7: recordedAt: must be a date and time with offset, such as 2026-01-31T09:30:00Z",
            "Album.csv:7: title: is required");
    assertThat(tallies(result)).isEqualTo("Album 2: 2 created, 0 updated, 0 unchanged");
    assertThat(lanes.records("Album")).hasSize(2);
  }
}
