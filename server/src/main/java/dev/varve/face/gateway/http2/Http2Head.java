package dev.varve.face.gateway.http2;

import dev.varve.net.http.HeaderLine;
import java.util.List;

/// Status and headers of an answer, whose names are in small letters.
public record Http2Head(int status, List<HeaderLine> headers) {
  public Http2Head {
    headers = List.copyOf(headers);
  }
}
