package dev.varve.lane.write;

import dev.varve.telemetry.Span;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The spans of one commit: one under the request of each unit that is traced. Statements are parts of the first; the
/// others point at it, because they wait for the same flush.
final class CommitSpans implements AutoCloseable {
  private static final CommitSpans NONE = new CommitSpans(List.of());

  private final List<Span> spans;

  private CommitSpans(List<Span> spans) {
    this.spans = spans;
  }

  /// @param requests the spans of those that are traced
  /// @param units how many are committed, traced or not
  static CommitSpans begin(List<Span> requests, int units) {
    if (requests.isEmpty()) {
      return NONE;
    }
    List<Span> spans = new ArrayList<>(requests.size());
    for (Span request : requests) {
      Span commit = Span.under(request, "commit");
      if (commit != null) {
        spans.add(commit.with("varve.units", units));
        commit.linkUnlessSame(spans.getFirst());
      }
    }
    return new CommitSpans(spans);
  }

  @Nullable Span first() {
    return spans.isEmpty() ? null : spans.getFirst();
  }

  @Override
  public void close() {
    spans.forEach(Span::close);
  }
}
