package dev.varve.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Moment;
import dev.varve.schema.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExportTest {
  private static final String SCHEMA =
      """
      type Thing @model {
        id: ID!
        text: String @default(value: "standard")
        int: Int
        long: Long
        float: Float
        flag: Boolean
        decimal: Decimal @scale(digits: 4)
        at: DateTime
        on: Date
        uuid: UUID
        email: Email
        url: Url
        json: JSON
        color: Color
        other: Thing
        colors: [Color!]
        texts: [String]
        place: Place
        places: [Place!]
        given: String @readonly
      }
      type Place { city: String! zip: String @default(value: "none") }
      enum Color { RED BLUE }
      """;

  private static final String THINGS =
      """
      {"id":"1","text":"plain","other":"2"}
      {"id":"2","text":null,"int":-5,"long":9007199254740993,"float":1.0E-7,"flag":false,"decimal":"-0.0100","at":"2026-01-31T09:30:00.000001Z","on":"0099-01-01","uuid":"0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57","email":"a@example.com","url":"https://example.com/?a=b,c","json":{"a":[1,2.50,null,"x"]},"color":"RED","other":"1","colors":["RED","BLUE"],"texts":["a,b",null,"\\"q\\""],"place":{"city":"Ulm","zip":null},"places":[{"city":"Bonn"}],"given":"kept"}
      {"id":"3","text":"","json":"text","texts":[],"colors":null}
      {"id":" 4,\\"","text":" two\\nlines, \\"quoted\\" ; äöü \\u007f","json":true}
      {"id":"5","text":"null","json":[]}
      """;

  @TempDir Path folder;

  private List<Path> export(Lanes lanes, Format format, Path to, Moment moment) throws IOException {
    Export export = new Export(lanes.access, lanes.query);
    List<Model> models = lanes.schema.models();
    Moment settled = export.settle(models, moment);
    List<Path> files = new ArrayList<>();
    for (Model model : models) {
      files.add(export.write(model, format, to, settled, (_, _, _) -> {}).file());
    }
    return files;
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsExportedIsTheSameWhenItIsImported(Format format) throws IOException {
    try (Lanes first = Lanes.open(folder.resolve("first"), SCHEMA);
        Lanes second = Lanes.open(folder.resolve("second"), SCHEMA)) {
      assertThat(first.load("Thing=" + write("Thing.ndjson", THINGS)))
          .isInstanceOf(ImportResult.Finished.class);
      Path file = export(first, format, folder.resolve("out"), Moment.NOW).getFirst();

      assertThat(second.load("Thing=" + file)).isInstanceOf(ImportResult.Finished.class);

      assertThat(second.records("Thing")).isEqualTo(first.records("Thing")).hasSize(5);
      assertThat(second.records("Thing").get(2))
          .contains("\"float\":1.0E-7", "\"zip\":null", "\"given\":\"kept\"", "\"text\":null");
    }
  }

  @Test
  void csvHasAColumnForEachField() throws IOException {
    try (Lanes lanes =
        Lanes.open(
            folder.resolve("data"),
            "type Note @model { id: ID! text: String by: String tags: [String!] }")) {
      lanes.load(
          "Note="
              + write(
                  "Note.ndjson",
                  "{\"id\":\"1\",\"text\":\"a \\\"b\\\", c\",\"by\":\"\",\"tags\":[\"x\"]}\n{\"id\":\"2\"}\n"));

      Path file = export(lanes, Format.CSV, folder.resolve("out"), Moment.NOW).getFirst();

      assertThat(file).hasFileName("Note.csv");
      assertThat(Files.readString(file).replaceAll("\\d{4}-[^,]*Z", "TIME"))
          .isEqualTo(
              """
              id,text,by,tags,createdAt,updatedAt,version
              1,"a ""b"", c","","[""x""]",TIME,TIME,1
              2,,,,TIME,TIME,1
              """);
      assertThat(folder.resolve("out")).isDirectoryNotContaining("glob:**.part");
    }
  }

  @Test
  void manyPagesAreExportedAsOfOnePosition() throws IOException {
    try (Lanes lanes =
        Lanes.open(folder.resolve("data"), "type Note @model { id: ID! text: String }")) {
      StringBuilder lines = new StringBuilder("id,text\n");
      for (int i = 0; i < 1_234; i++) {
        lines.append(i).append(",first\n");
      }
      lanes.load("Note=" + write("Note.csv", lines.toString()));
      long position = lanes.position();
      lanes.load("Note=" + write("Note.csv", lines.toString().replace("first", "second")));

      Path then =
          export(lanes, Format.CSV, folder.resolve("then"), new Moment.AtPosition(position))
              .getFirst();
      Path now = export(lanes, Format.CSV, folder.resolve("now"), Moment.NOW).getFirst();

      assertThat(Files.readAllLines(then))
          .hasSize(1_235)
          .noneMatch(line -> line.contains("second"));
      assertThat(Files.readAllLines(now)).hasSize(1_235).noneMatch(line -> line.contains("first"));
      assertThat(new Export(lanes.access, lanes.query).settle(lanes.schema.models(), Moment.NOW))
          .isEqualTo(new Moment.AtPosition(lanes.position()));
    }
  }

  @Test
  void thePastOfAModelWithoutHistoryIsRefused() throws IOException {
    try (Lanes lanes =
        Lanes.open(
            folder.resolve("data"), "type Visit @model(history: false) { id: ID! page: String }")) {
      Export export = new Export(lanes.access, lanes.query);
      lanes.load("Visit=" + write("Visit.csv", "id,page\n1,home\n"));

      assertThatThrownBy(() -> export.settle(lanes.schema.models(), new Moment.AtPosition(0)))
          .isInstanceOf(Problem.class)
          .hasMessage(
              "Visit keeps no history (@model(history: false)), so its past cannot be exported: name the models that you want");
      assertThat(export(lanes, Format.NDJSON, folder.resolve("out"), Moment.NOW).getFirst())
          .content()
          .startsWith("{\"id\":\"1\",\"page\":\"home\"");
    }
  }
}
