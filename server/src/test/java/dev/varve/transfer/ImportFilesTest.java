package dev.varve.transfer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_32LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.ByteOrderMark;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files as spreadsheets and databases in all the world write them.
class ImportFilesTest {
  private static final String SCHEMA =
      """
      type Part @model { id: ID! name: String! price: Decimal @scale(digits: 2) stock: Int since: Date seen: DateTime origin: Origin }
      type Origin { country: String weight: Float }
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

  private String parts(String content) throws IOException {
    return parts("parts.csv", content, UTF_8);
  }

  private String parts(String name, String content, Charset encoding) throws IOException {
    return "Part=" + Files.write(folder.resolve(name), content.getBytes(encoding));
  }

  private static ImportOptions separated(String separator) {
    return new ImportOptions(List.of(), Optional.of(separator), Optional.empty());
  }

  private static ImportOptions encoded(String encoding) {
    return new ImportOptions(List.of(), Optional.empty(), Optional.of(encoding));
  }

  private static List<String> problems(ImportResult result) {
    assertThat(result).isInstanceOf(ImportResult.Stopped.class);
    return ((ImportResult.Stopped) result).problems();
  }

  private void assertNames(String... names) {
    assertThat(lanes.records("Part"))
        .extracting(json -> json.replaceAll(".*\"name\":\"([^\"]*)\".*", "$1"))
        .containsExactly(names);
  }

  @Test
  void aQuoteThatIsNeverClosedIsRefusedWhereItWasOpened() throws IOException {
    String parts =
        parts(
            """
            id,name,price
            1,"two
            lines",1
            2,"two
            more","3
            3,Cap,3
            4,Hat,4
            """);

    assertThat(problems(lanes.load(parts)))
        .containsExactly(
            "parts.csv:5: a quote is opened in the cell of 'price' and never closed: close each cell that begins with a quote, and write quotes that are part of a text twice");
    assertThat(lanes.records("Part")).isEmpty();
  }

  @Test
  void aQuoteThatAnotherCellClosesIsRefusedWhereItWasOpened() throws IOException {
    String parts = parts("id,name,price\n1,Pin,1\n2,\"Cup,3\n3,\"Cap\",3\n");

    assertThat(problems(lanes.load(parts)))
        .containsExactly(
            "parts.csv:3: the cell of 'name' goes on after its closing quote: close each cell that begins with a quote, and write quotes that are part of a text twice");
  }

  @Test
  void aHeaderWithAnOpenQuoteIsRefused() throws IOException {
    assertThat(lanes.mistakes(List.of(parts("id,\"name\n1,Cup\n"))))
        .containsExactly(
            "parts.csv:1: a quote is opened in cell 2 and never closed: close each cell that begins with a quote, and write quotes that are part of a text twice");
  }

  @Test
  void aCellBeyondAllMeasureIsRefusedWhereItBegins() throws IOException {
    String parts = parts("id,name\n1,Cup\n2,\"" + "x\n".repeat(5 * 1024 * 1024));

    assertThat(problems(lanes.load(parts)))
        .singleElement()
        .asString()
        .startsWith(
            "parts.csv:3: the cell of 'name' is larger than 8,388,608 characters, or its quote is never closed");
  }

  @Test
  void quotesThatAreClosedAreText() throws IOException {
    lanes.load(parts("id,name\n1,\"a \"\"b\"\", c\"\n2,5\" nail\n3,\"\"\n"));

    assertThat(lanes.records("Part"))
        .extracting(json -> json.replaceAll(".*\"name\":(\".*\"),\"price.*", "$1"))
        .containsExactly("\"a \\\"b\\\", c\"", "\"5\\\" nail\"", "\"\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void theSeparatorIsFoundInTheHeader(String separator) throws IOException {
    String row = "id,\"name\",price\n1,Cup,3.50\n2,\"Cap\",4\n".replace(",", separator);

    lanes.load(parts(row));

    assertThat(lanes.records("Part"))
        .containsExactly(
            "{\"id\":\"1\",\"name\":\"Cup\",\"price\":\"3.50\",\"stock\":null,\"since\":null,\"seen\":null,\"origin\":null}",
            "{\"id\":\"2\",\"name\":\"Cap\",\"price\":\"4.00\",\"stock\":null,\"since\":null,\"seen\":null,\"origin\":null}");
  }

  @Test
  void theSeparatorIsTheOneByWhichTheMostColumnsAreKnown() throws IOException {
    assertThat(lanes.mistakes(List.of(parts("id;name;\"a, b\";x, y, z, q\n"))))
        .hasSize(2)
        .first()
        .asString()
        .startsWith("parts.csv: the column 'a, b' is no field of Part.");
    assertThat(lanes.mistakes(List.of(parts("nr;nam\n"))))
        .containsExactly(
            "parts.csv: the column 'nr' is no field of Part. Say which field it is with --columns nr=FIELD, or leave it out with --columns nr=-",
            "parts.csv: the column 'nam' is no field of Part. Did you mean 'name'? Say which field it is with --columns nam=FIELD, or leave it out with --columns nam=-");
  }

  @Test
  void aSeparatorThatIsNamedIsTaken() throws IOException {
    lanes.load(separated("^"), parts("id^name\n1^Cup; large\n"));
    assertNames("Cup; large");

    lanes.load(separated("tab"), parts("id\tname\n1\tCap\n"));
    assertNames("Cap");

    assertThat(lanes.mistakes(separated("semicolon"), List.of(parts("id,name\n"))))
        .singleElement()
        .asString()
        .startsWith("parts.csv: the column 'id,name' is no field of Part.");
    assertThat(lanes.mistakes(separated("<>"), List.of(parts("id,name\n"))))
        .containsExactly(
            "--separator <>: write one character, such as ';', or comma, semicolon, tab or pipe");
  }

  @ParameterizedTest
  @CsvSource({
    "parts.csv, UTF-16LE",
    "parts.csv, UTF-16BE",
    "parts.csv, UTF-32LE",
    "parts.csv, UTF-8",
    "parts.ndjson, UTF-16LE",
    "parts.ndjson, UTF-32BE"
  })
  void theByteOrderMarkTellsTheEncoding(String name, String encoding) throws IOException {
    String content =
        name.endsWith("csv")
            ? "id;name\r\n1;Motörhead 🤘\r\n"
            : "{\"id\": 1, \"name\": \"Motörhead 🤘\"}\r\n";

    // whatever the caller says of the other files
    lanes.load(
        encoded("windows-1252"),
        parts(name, ByteOrderMark.CHARACTER + content, Charset.forName(encoding)));

    assertNames("Motörhead 🤘");
  }

  @Test
  void aLongTextInUtf16IsReadToTheEnd() throws IOException {
    StringBuilder lines = new StringBuilder().append(ByteOrderMark.CHARACTER);
    for (int i = 0; i < 3_000; i++) {
      // every length, so that some chunk ends between the halves of a pair
      lines.append("{\"id\": \"%04d\", \"name\": \"🤘%s\"}%n".formatted(i, "ö".repeat(i % 7)));
    }

    lanes.load(parts("parts.ndjson", lines.toString(), UTF_16LE));

    assertThat(lanes.records("Part"))
        .hasSize(3_000)
        .allMatch(json -> json.contains("\"name\":\"🤘"))
        .last()
        .asString()
        .contains("\"id\":\"2999\"");
  }

  @Test
  void anotherEncodingIsNamedByTheCaller() throws IOException {
    lanes.load(encoded("windows-1252"), parts("parts.csv", "id,name\n1,Motörhead\n", ISO_8859_1));
    assertNames("Motörhead");

    lanes.load(encoded("utf-16le"), parts("parts.csv", "id,name\n1,Motör\n", UTF_16LE));
    assertNames("Motör");

    assertThat(lanes.mistakes(encoded("latin"), List.of(parts("id,name\n"))))
        .containsExactly(
            "--encoding latin: no such encoding is known: name one such as windows-1252, ISO-8859-15 or UTF-16LE");
  }

  @Test
  void anEncodingThatNobodyNamedIsRefusedWithItsLine() throws IOException {
    assertThat(lanes.mistakes(List.of(parts("parts.csv", "id,größe\n1,2\n", ISO_8859_1))))
        .containsExactly(
            "parts.csv:1: the byte F6 is no text in UTF-8. Save the file as UTF-8, or name its encoding, such as --encoding windows-1252");
    assertThat(lanes.mistakes(List.of(parts("parts.csv", "id,name\n", UTF_16LE))))
        .containsExactly(
            "parts.csv:1: the text has zeros between its letters and no byte order mark: name its encoding with --encoding UTF-16LE");
    assertThat(lanes.mistakes(List.of(parts("parts.csv", "id,name\n", UTF_16BE))))
        .containsExactly(
            "parts.csv:1: the text has zeros between its letters and no byte order mark: name its encoding with --encoding UTF-16BE");

    String late = "id,name\r\n" + "1,Cup\r\n".repeat(20_000) + "2,Motörhead\r\n";
    assertThat(problems(lanes.load(parts("parts.csv", late, ISO_8859_1))))
        .containsExactly(
            "parts.csv:20002: the byte F6 is no text in UTF-8. Save the file as UTF-8, or name its encoding, such as --encoding windows-1252");

    assertThat(
            problems(lanes.load(parts("parts.ndjson", "{\"id\": 1, \"name\": \"ö\"}", ISO_8859_1))))
        .singleElement()
        .asString()
        .startsWith("parts.ndjson:1: ")
        .contains("invalid UTF-8");
  }

  @Test
  void aTextThatEndsWithinACharacterIsRefused() throws IOException {
    byte[] cut = {'i', 'd', ',', 'n', 'a', 'm', 'e', '\n', '1', ',', (byte) 0xe2, (byte) 0x82};
    Files.write(folder.resolve("parts.csv"), cut);

    assertThat(problems(lanes.load("Part=" + folder.resolve("parts.csv"))))
        .containsExactly(
            "parts.csv:2: the bytes E2 82 are no text in UTF-8. Save the file as UTF-8, or name its encoding, such as --encoding windows-1252");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "price | 1,000 | For 1,000 write 1000, or 1.000 where the comma begins the decimals",
        "price | 1.234,56 | For 1.234,56 write 1234.56",
        "price | 1,234.56 | For 1,234.56 write 1234.56",
        "price | -12.345.678 | For -12.345.678 write -12345678",
        "price | 1'234.5 | For 1'234.5 write 1234.5",
        "stock | 1 000 | For 1 000 write 1000",
        "price | 3,5 | For 3,5 write 3.5",
        "since | 01/02/2026 | For 01/02/2026 write 2026-02-01, or 2026-01-02 where the month stands first",
        "since | 31/12/2026 | For 31/12/2026 write 2026-12-31",
        "since | 12/31/2026 | For 12/31/2026 write 2026-12-31",
        "since | 1.2.2026 | For 1.2.2026 write 2026-02-01",
        "since | 2026/2/1 | For 2026/2/1 write 2026-02-01",
        "seen | 01/02/2026 10:30 | For 01/02/2026 write 2026-02-01, or 2026-01-02 where the month stands first",
        "origin.weight | 1,5 | For 1,5 write 1.5",
      })
  void numbersAndDatesOfACountryGetAHint(String column, String cell, String hint)
      throws IOException {
    assertThat(problems(lanes.load(parts("id;name;%s%n1;Cup;%s%n".formatted(column, cell)))))
        .singleElement()
        .asString()
        .startsWith("parts.csv:2: %s: must be a ".formatted(column))
        .endsWith(". " + hint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,2,3", "12,34.5", "1.2.3", "abc", "32/13/2026", "99.99.2026"})
  void whatCannotBeMeantGetsNoHint(String cell) throws IOException {
    assertThat(problems(lanes.load(parts("id;name;price;since%n1;Cup;%s;%1$s%n".formatted(cell)))))
        .hasSize(2)
        .noneMatch(problem -> problem.contains("write"));
  }

  @Test
  void utf32IsNotTakenForUtf16() {
    assertThat(ByteOrderMark.of("\uFEFFa".getBytes(UTF_32LE))).isEqualTo(ByteOrderMark.UTF_32LE);
    assertThat(ByteOrderMark.of("\uFEFFa".getBytes(UTF_16LE))).isEqualTo(ByteOrderMark.UTF_16LE);
    assertThat(ByteOrderMark.of("a".getBytes(UTF_8))).isEqualTo(ByteOrderMark.NONE);
  }
}
