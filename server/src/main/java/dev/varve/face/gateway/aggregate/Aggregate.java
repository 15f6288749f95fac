package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.schema.RestNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Answers the requests for one aggregate. The order of its methods is the order of its stages.
///
/// ```
/// who may -> moment -> parts (-> parts that need them) -> one answer, or the refusal of a part that must not fail
/// ```
final class Aggregate {
  /// The header that names the log position which an answer shows.
  static final String POSITION = "Varve-Position";

  private final List<Part> parts;
  private final Duration timeout;
  private final int bytesMax;
  private final Function<Request, Caller> admission;
  private final Supplier<String> position;

  /// @param admission who sends a request, once it is known that they may
  /// @param position the end of the log, as callers name it
  Aggregate(
      List<Part> parts,
      Duration timeout,
      int bytesMax,
      Function<Request, Caller> admission,
      Supplier<String> position) {
    this.parts = List.copyOf(parts);
    this.timeout = timeout;
    this.bytesMax = bytesMax;
    this.admission = admission;
    this.position = position;
  }

  Answer answer(Request request) {
    Caller caller = admission.apply(request);
    Optional<String> moment = moment(request.query());
    return Answer.later(() -> request.counted(() -> gathered(request, caller, moment)));
  }

  /// What all of Varve's own parts show: what the request asks for, or else one position when there are many of them. A single
  /// one shows the state as it is.
  private Optional<String> moment(QueryString query) {
    Optional<String> asked = query.value(RestNames.AS_OF);
    query.all().stream()
        .filter(each -> ownParts() == 0 || !each.name().equals(RestNames.AS_OF))
        .findFirst()
        .ifPresent(each -> {
          throw Problem.parameter(
              each.name(),
              ownParts() == 0
                  ? "is not a parameter here; there are none"
                  : "is not a parameter here; there is asOf");
        });
    if (asked.isPresent() || ownParts() < 2) {
      return asked;
    }
    return Optional.of("position:" + position.get());
  }

  private long ownParts() {
    return parts.stream().filter(part -> part.source() instanceof OwnRead).count();
  }

  private Answer gathered(Request request, Caller caller, Optional<String> moment) {
    Gathering gathering =
        new Gathering(parts, request, caller, moment, timeout, new Budget(bytesMax));
    Map<String, PartOutcome> outcomes = gathering.outcomes();
    Optional<Gathering.Refusal> refusal = gathering.refusal();
    if (refusal.isPresent()) {
      throw refused(refusal.get());
    }
    // the parts are not cached together: each may change without the others
    Answer answer =
        Answer.json(200, new AggregateAnswer(parts, outcomes).bytes())
            .with("Cache-Control", "no-store");
    return gathering.position().map(shown -> answer.with(POSITION, shown)).orElse(answer);
  }

  /// What a part refuses under the name of the part. How to sign in stays as it was said.
  private static Problem refused(Gathering.Refusal refusal) {
    Problem problem = refusal.problem();
    if (problem.code().status() == 401) {
      return problem;
    }
    String text = "The part '%s' failed: %s".formatted(refusal.part(), problem.text());
    List<FieldError> details =
        List.of(new FieldError(refusal.part(), AggregateAnswer.message(problem)));
    return problem.told(text, details);
  }
}
