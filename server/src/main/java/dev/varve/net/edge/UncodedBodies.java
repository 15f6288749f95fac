package dev.varve.net.edge;

import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import io.helidon.http.encoding.ContentEncodingContext;
import java.util.Set;

/// Leaves coded bodies as they are: those that are passed on stay coded, and [ReceivedRequest] refuses the others. Helidon
/// would refuse them all.
record UncodedBodies() implements ContentEncoding {
  static ContentEncodingContext context() {
    return ContentEncodingContext.builder()
        .contentEncodingsDiscoverServices(false)
        .addContentEncoding(new UncodedBodies())
        .build();
  }

  @Override
  public Set<String> ids() {
    return Set.of("gzip", "x-gzip", "deflate", "br", "zstd", "compress", "identity");
  }

  @Override
  public boolean supportsEncoding() {
    return false;
  }

  @Override
  public boolean supportsDecoding() {
    return true;
  }

  @Override
  public ContentDecoder decoder() {
    return ContentDecoder.NO_OP;
  }

  @Override
  public ContentEncoder encoder() {
    return ContentEncoder.NO_OP;
  }

  @Override
  public String name() {
    return "uncoded";
  }

  @Override
  public String type() {
    return "uncoded";
  }
}
