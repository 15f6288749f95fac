package dev.varve.face.gateway;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a service reads requests off a connection.
interface RequestReader {
  /// The next request, once all of it has come; absent when the connection ends before.
  ///
  /// @throws Deviation when this reader does not take what came
  Optional<SeenRequest> next(PushbackInputStream in) throws IOException;

  /// What came is not as RFC 9112 has it.
  final class Deviation extends IOException {
    private static final long serialVersionUID = 1L;

    Deviation(String what) {
      super(what);
    }
  }

  /// All requests in the bytes of a connection.
  default List<SeenRequest> all(byte[] bytes) throws IOException {
    List<SeenRequest> all = new ArrayList<>();
    PushbackInputStream in = new PushbackInputStream(new ByteArrayInputStream(bytes));
    Optional<SeenRequest> next = next(in);
    while (next.isPresent()) {
      all.add(next.get());
      next = next(in);
    }
    return all;
  }
}
