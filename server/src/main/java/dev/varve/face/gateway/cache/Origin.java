package dev.varve.face.gateway.cache;

import dev.varve.face.gateway.upstream.OutgoingRequest;
import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.HeaderLine;
import java.time.Duration;
import java.util.List;

/// Where a request leads when its answer is not at hand: the service behind its route.
public interface Origin {
  /// Sends a request, and returns with the headers of the answer.
  UpstreamAnswer send(OutgoingRequest request) throws UpstreamFailure;

  /// The request as it goes on when nothing is kept of it.
  OutgoingRequest whole();

  /// What the client gets of the headers of an answer.
  List<HeaderLine> shown(List<HeaderLine> headers);

  /// An answer on its way to the client, piece by piece.
  ///
  /// @param begun what was read of its body already
  /// @param more a header that it gets besides
  Answer passed(UpstreamAnswer answer, byte[] begun, HeaderLine more) throws UpstreamFailure;

  /// What a caller is told of a failure.
  Problem told(UpstreamFailure failure);

  /// The name of the service.
  String service();

  /// The longest time that the service may take for an answer of some size.
  Duration longest();
}
