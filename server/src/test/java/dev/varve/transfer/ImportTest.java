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
        price: Decimal! @scale(digits: 2) @default(value: "9.99") @range(min: 0)
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
      type Reader @model { email: Email! @unique(ignoreCase: true) name: String }
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
  void aRecordIsKnownByWhatIsUniqueInAnyCase() throws IOException {
    String readers =
        file("Reader", "Reader.csv", "email,name\nAda@example.com,Ada\nbob@b.ch,Bob\n");
    assertThat(tallies(lanes.load(readers)))
        .isEqualTo("Reader 2: 2 created, 0 updated, 0 unchanged");

    file("Reader", "Reader.csv", "email,name\nADA@EXAMPLE.COM,Ada L.\nbob@B.ch,Bob\n");
    assertThat(tallies(lanes.load(readers)))
        .isEqualTo("Reader 2: 0 created, 1 updated, 1 unchanged");
    assertThat(lanes.records("Reader")).hasSize(2);
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

  @Test
  void columnsThatFitNothingAreRefusedAllAtOnce() throws IOException {
    String artists = file("Artist", "Artist.csv", "id,nam,founded\n1,AC/DC,1973\n");
    String albums = file("Album", "Album.csv", "id,title,artist,Title,createdAt\n");

    assertThat(lanes.mistakes(List.of(albums, artists, "Artits=x.csv", "Artist", "Artist=a.txt")))
        .containsExactly(
            "x.csv: the schema has no model 'Artits'. Did you mean 'Artist'?",
            "Artist: write Model=FILE, such as Artist=Artist.csv",
            "a.txt: the name must end in .csv, .ndjson or .jsonl, which says how to read it",
            "Artist.csv: the column 'nam' is no field of Artist. Did you mean 'name'? Say which field it is with --columns nam=FIELD, or leave it out with --columns nam=-",
            "Artist.csv: the column 'founded' is no field of Artist. Say which field it is with --columns founded=FIELD, or leave it out with --columns founded=-",
            "Album.csv: the columns 'title' and 'Title' both go to title: leave one out with --columns Title=-");
  }

  @Test
  void columnsAreNamedByHand() throws IOException {
    String artists = file("Artist", "Artist.csv", "No,Called,Fax\n1,AC/DC,12\n");
    String albums = file("Album", "Album.csv", "No,Called,By\n1,Powerage,1\n");

    lanes.load(
        500,
        List.of(artists, albums),
        "No=id,Artist.Called=name,Album.Called=title",
        "Fax=-,By=artist");

    assertThat(lanes.records("Artist"))
        .containsExactly("{\"id\":\"1\",\"name\":\"AC/DC\",\"country\":null}");
    assertThat(lanes.records("Album").getFirst())
        .startsWith("{\"id\":\"1\",\"title\":\"Powerage\",\"artist\":\"1\"");
  }

  @Test
  void columnsNamedByHandMustBeThere() throws IOException {
    String artists = file("Artist", "Artist.csv", "id,name\n");

    assertThat(lanes.mistakes(List.of(artists), "nme=country", "id", "name=titel"))
        .containsExactly(
            "--columns id: write COLUMN=FIELD, such as CustomerId=customer, or COLUMN=- to leave a column out",
            "Artist.csv: --columns name=titel: 'titel' is not a field of Artist.");
    assertThat(lanes.mistakes(List.of(artists), "nme=country", "Album.name=title"))
        .containsExactly(
            "--columns nme=country: no file has a column 'nme'. Did you mean 'name'?",
            "--columns Album.name=title: no file has a column 'name'.");
    assertThat(lanes.mistakes(List.of(artists), "name=version"))
        .containsExactly("Artist.csv: --columns name=version: 'version' is set by Varve");
  }

  @Test
  void columnsThatVarveSetsAreLeftOut() throws IOException {
    String artists =
        file("Artist", "Artist.csv", "id,name,createdAt,version\n1,AC/DC,yesterday,7\n");

    ImportPlan.Result plan = ImportPlan.of(lanes.schema, List.of(artists), ImportOptions.NONE);

    assertThat(plan).isInstanceOf(ImportPlan.Result.Ready.class);
    assertThat(((ImportPlan.Result.Ready) plan).plan().notes())
        .containsExactly("Artist.csv: createdAt, version left out, because Varve sets them itself");
    assertThat(tallies(lanes.load(artists)))
        .isEqualTo("Artist 1: 1 created, 0 updated, 0 unchanged");
  }

  @Test
  void whatTheWriteLaneRefusesIsNamedByLine() throws IOException {
    String artists = file("Artist", "Artist.csv", "id,name\n1,AC/DC\n");
    String albums = file("Album", "Album.csv", "id,title,artist,code\n1,One,1,a\n2,Two,9,b\n");

    assertThat(problems(lanes.load(artists, albums)))
        .containsExactly("Album.csv:3: artist: no Artist has the id '9'");
    assertThat(lanes.records("Album")).isEmpty();

    file("Album", "Album.csv", "id,title,artist,code\n1,One,1,a\n");
    lanes.load(albums);
    file("Album", "Album.csv", "id,title,artist,code\n1,One,1,b\n");
    assertThat(problems(lanes.load(albums)))
        .containsExactly("Album.csv:2: code: is immutable: it keeps the value it was created with");

    lanes.load(file("Seat", "Seat.csv", "id,hall,number\n1,A,1\n"));
    file("Seat", "Seat.csv", "id,hall,number\n1,A,1\n2,B,1\n3,A,1\n");
    assertThat(problems(lanes.load("Seat=" + folder.resolve("Seat.csv"))))
        .containsExactly(
            "Seat.csv:4: hall: is taken together with the other fields of hall, number",
            "Seat.csv:4: number: is taken together with the other fields of hall, number");
  }

  @Test
  void nothingAfterARefusedUnitIsTried() throws IOException {
    StringBuilder albums = new StringBuilder("id,title,artist\n");
    for (int i = 1; i <= 400; i++) {
      albums.append("%03d,Album %1$d,%s%n".formatted(i, i == 123 ? "2" : "1"));
    }
    String artists = file("Artist", "Artist.csv", "id,name\n1,AC/DC\n");

    ImportResult result =
        lanes.load(10, List.of(artists, file("Album", "Album.csv", albums.toString())));

    assertThat(problems(result)).containsExactly("Album.csv:124: artist: no Artist has the id '2'");
    assertThat(tallies(result))
        .isEqualTo(
            """
            Artist 1: 1 created, 0 updated, 0 unchanged
            Album 120: 120 created, 0 updated, 0 unchanged\
            """);
    assertThat(lanes.records("Album")).hasSize(120);
    assertThat(lanes.position()).isEqualTo(13);
  }

  @Test
  void aRecordThatComesAgainInTheFileIsUpdated() throws IOException {
    String artists =
        file("Artist", "Artist.csv", "id,name\n1,One\n2,Two\n1,Uno\n2,Two\n3,Three\n1,Eins\n");

    assertThat(tallies(lanes.load(2, List.of(artists))))
        .isEqualTo("Artist 6: 3 created, 2 updated, 1 unchanged");
    assertThat(lanes.records("Artist"))
        .extracting(json -> json.replaceAll(".*\"name\":\"([^\"]*)\".*", "$1"))
        .containsExactly("Eins", "Two", "Three");
  }

  @Test
  void whatWasImportedBeforeABadLineStaysAndTheRestComesWithTheNextRun() throws IOException {
    StringBuilder lines = new StringBuilder("text\n");
    for (int i = 1; i <= 50; i++) {
      lines.append(i == 35 ? "\"\"" : "remark " + i % 7).append('\n');
    }
    String remarks = file("Remark", "Remark.csv", lines.toString());
    String bad = lines.toString().replace("\"\"", "remark \u0000");
    file("Remark", "Remark.csv", bad);

    ImportResult first = lanes.load(10, List.of(remarks));
    assertThat(problems(first))
        .containsExactly("Remark.csv:36: text: must not contain the character U+0000");
    assertThat(tallies(first)).isEqualTo("Remark 30: 30 created, 0 updated, 0 unchanged");

    file("Remark", "Remark.csv", lines.toString());
    assertThat(tallies(lanes.load(7, List.of(remarks))))
        .isEqualTo("Remark 50: 20 created, 0 updated, 30 unchanged");
    assertThat(lanes.records("Remark")).hasSize(50);
  }

  @Test
  void noMoreThanTwentyMistakesOfAUnitAreShown() throws IOException {
    String artists = file("Artist", "Artist.csv", "id,name\n" + "1,\n".repeat(30));

    List<String> problems = problems(lanes.load(artists));

    assertThat(problems)
        .hasSize(21)
        .startsWith("Artist.csv:2: name: is required")
        .endsWith("Artist.csv: and 10 more in the same unit");
  }

  @Test
  void aRecordMayComeBeforeTheOneItRefersTo() throws IOException {
    String employees =
        file(
            "Employee",
            "Employee.csv",
            "id,name,boss\n1,Ann,2\n2,Ben,3\n3,Cid,\n4,Dee,3\n5,Eve,5\n");

    assertThat(tallies(lanes.load(2, List.of(employees))))
        .isEqualTo("Employee 5: 5 created, 0 updated, 0 unchanged");
    assertThat(lanes.records("Employee"))
        .containsExactly(
            "{\"id\":\"1\",\"name\":\"Ann\",\"boss\":\"2\"}",
            "{\"id\":\"2\",\"name\":\"Ben\",\"boss\":\"3\"}",
            "{\"id\":\"3\",\"name\":\"Cid\",\"boss\":null}",
            "{\"id\":\"4\",\"name\":\"Dee\",\"boss\":\"3\"}",
            "{\"id\":\"5\",\"name\":\"Eve\",\"boss\":\"5\"}");
    assertThat(tallies(lanes.load(2, List.of(employees)))).endsWith("5 unchanged");

    file("Employee", "Employee.csv", "id,name,boss\n6,Fay,7\n");
    assertThat(problems(lanes.load(employees)))
        .containsExactly("Employee.csv:2: boss: no Employee has the id '7'");
  }

  @Test
  void modelsMayReferToEachOtherInACircle() throws IOException {
    try (Lanes circle =
        Lanes.open(
            folder.resolve("circle"),
            """
            type Town @model { id: ID! mayor: Person }
            type Person @model { id: ID! home: Town! }
            """)) {
      String towns = file("Town", "Town.ndjson", "{\"id\":\"t\",\"mayor\":\"p\"}\n");
      String people = file("Person", "Person.ndjson", "{\"id\":\"p\",\"home\":\"t\"}\n");

      ImportResult result = circle.load(people, towns);

      assertThat(tallies(result))
          .isEqualTo(
              """
              Town 1: 1 created, 0 updated, 0 unchanged
              Person 1: 1 created, 0 updated, 0 unchanged\
              """);
      assertThat(circle.records("Town")).containsExactly("{\"id\":\"t\",\"mayor\":\"p\"}");
    }
  }

  @Test
  void ndjsonIsReadAsInRequestsButForNumbersAsIds() throws IOException {
    String artists =
        file(
            "Artist",
            "Artist.jsonl",
            "\uFEFF{\"ArtistId\": 7, \"name\": \"Nina\", \"version\": 3}\r\n");
    String albums =
        file(
            "Album",
            "Album.ndjson",
            "\n{\"id\":1,\"title\":\"Blue\",\"artist\":7,\"label\":{\"name\":\"X\"},\"more\":\"text\"}\n  \n");

    assertThat(tallies(lanes.load(albums, artists)))
        .isEqualTo(
            """
            Artist 1: 1 created, 0 updated, 0 unchanged
            Album 1: 1 created, 0 updated, 0 unchanged\
            """);
    assertThat(lanes.records("Album").getFirst())
        .contains("\"artist\":\"7\"")
        .contains("\"label\":{\"name\":\"X\",\"city\":null},\"more\":\"text\"");

    file("Album", "Album.ndjson", "{\"id\":\"1\",\"title\":\"Bluer\"}\n");
    assertThat(tallies(lanes.load(albums))).isEqualTo("Album 1: 0 created, 1 updated, 0 unchanged");
    assertThat(lanes.records("Album").getFirst()).contains("\"artist\":\"7\"");
  }

  @Test
  void badLinesOfNdjsonAreNamed() throws IOException {
    String artists =
        file(
            "Artist",
            "Artist.ndjson",
            """
            {"id": "1", "name": "AC/DC"}
            {"id": "2", "nam": "Accept"}
            {"id": "3", "name": 3}
            {"id": "4", "name": "x"
            [5]
            {"id": "6", "name": "x", "Name": "y"}
            """);

    assertThat(problems(lanes.load(artists)))
        .containsExactly(
            "Artist.ndjson:2: the column 'nam' is no field of Artist. Did you mean 'name'? Say which field it is with --columns nam=FIELD, or leave it out with --columns nam=-",
            "Artist.ndjson:3: name: must be text",
            "Artist.ndjson:4: The JSON is malformed at column 24: the text ends too early",
            "Artist.ndjson:5: must be a JSON object with the fields of a record",
            "Artist.ndjson:6: name: is given more than once");
    assertThat(lanes.records("Artist")).isEmpty();
  }

  @Test
  void filesThatAreNotCsvAreRefused() throws IOException {
    String artists = file("Artist", "Artist.csv", "");
    assertThat(lanes.mistakes(List.of(artists)))
        .containsExactly(
            "Artist.csv: the file is empty: its first line must name the columns, separated by commas");

    Files.write(
        folder.resolve("Artist.csv"),
        "id,name\n1,Motörhead\n".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    assertThat(problems(lanes.load(artists)))
        .containsExactly(
            "Artist.csv:2: the byte F6 is no text in UTF-8. Save the file as UTF-8, or name its encoding, such as --encoding windows-1252");

    file("Artist", "Artist.csv", "id,name\n1,AC/DC,Australia\n2\n");
    assertThat(problems(lanes.load(artists)))
        .containsExactly(
            "Artist.csv:2: has 3 cells, but the header has 2",
            "Artist.csv:3: has 1 cells, but the header has 2");

    assertThat(lanes.mistakes(List.of("Artist=" + folder.resolve("none.csv"))))
        .containsExactly(folder.resolve("none.csv") + ": there is no such file");
  }

  @Test
  void anEmptyTextIsNoAbsentOne() throws IOException {
    lanes.load(file("Artist", "Artist.csv", "id,name,country\n1,AC/DC,\"\"\n2,Accept,\n"));

    assertThat(lanes.records("Artist"))
        .containsExactly(
            "{\"id\":\"1\",\"name\":\"AC/DC\",\"country\":\"\"}",
            "{\"id\":\"2\",\"name\":\"Accept\",\"country\":null}");
  }

  @Test
  void theLogNamesTheImportAndItsLines() throws IOException {
    lanes.load(2, List.of(file("Remark", "Remark.csv", "text\na\nb\nc\n")));

    assertThat(lanes.units())
        .containsExactly("operator:import Remark.csv:2-3", "operator:import Remark.csv:4-4");
  }
}
