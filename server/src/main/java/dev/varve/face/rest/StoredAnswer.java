package dev.varve.face.rest;

import dev.varve.net.http.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// An answer as the bytes that are kept under an idempotency key, numbers big-endian:
///
/// | bytes | what |
/// |---|---|
/// | 1 | the form, 1 |
/// | 2 | the status |
/// | 2 | how many headers there are |
/// | for each header | its name, then its value, each as [DataOutputStream#writeUTF] writes it: two bytes of length, then modified UTF-8 |
/// | the rest | the body |
final class StoredAnswer {
  // the first byte, so that a later form can be told from this one
  private static final int FORM = 1;
  private static final String CONTENT_TYPE = "Content-Type";

  private StoredAnswer() {}

  static byte[] write(Answer answer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(answer.body().length + 256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      out.writeShort(answer.status());
      out.writeShort(answer.headers().size());
      for (Map.Entry<String, String> header : answer.headers()) {
        out.writeUTF(header.getKey());
        out.writeUTF(header.getValue());
      }
      out.write(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// @throws IllegalStateException when a later Varve wrote it in another form
  static Answer read(byte[] stored) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
      int form = in.readByte();
      if (form != FORM) {
        throw new IllegalStateException("A stored answer has the unknown form " + form);
      }
      int status = in.readShort();
      String[][] headers = new String[in.readShort()][];
      for (int i = 0; i < headers.length; i++) {
        headers[i] = new String[] {in.readUTF(), in.readUTF()};
      }
      return answer(status, headers, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer answer(int status, String[][] headers, byte[] body) {
    Answer answer = Answer.empty(status);
    for (String[] header : headers) {
      if (header[0].equalsIgnoreCase(CONTENT_TYPE)) {
        answer = Answer.bytes(status, header[1], body);
      }
    }
    for (String[] header : headers) {
      if (!header[0].equalsIgnoreCase(CONTENT_TYPE)) {
        answer = answer.with(header[0], header[1]);
      }
    }
    return answer;
  }
}
