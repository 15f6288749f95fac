package dev.varve.face.gateway;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.varve.kernel.Nearest;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Request;
import dev.varve.settings.WrongSetting;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What must hold for a request beside who sends it: an expression of CEL over `request`, `me` and `now`. It is read from
/// `varve.yaml` alone. A condition that cannot be decided, such as one that asks for a field which the caller has not, does
/// not hold.
final class Condition {
  private static final Logger LOG = LoggerFactory.getLogger(Condition.class);

  // a page of text, and no more than a person can read
  private static final int LENGTH_MAX = 2_000;
  private static final int DEPTH_MAX = 32;
  // headers and parameters of a request, each compared with a few others
  private static final int STEPS_MAX = 10_000;
  private static final int PATTERN_MAX = 1_000;
  private static final Set<String> OF_REQUEST =
      Set.of("method", "path", "host", "scheme", "address", "headers", "query");
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .maxExpressionCodePointSize(LENGTH_MAX)
          .maxParseRecursionDepth(DEPTH_MAX)
          .comprehensionMaxIterations(STEPS_MAX)
          .maxRegexProgramSize(PATTERN_MAX)
          .build();
  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setOptions(OPTIONS)
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("request", MapType.create(SimpleType.STRING, SimpleType.DYN))
          .addVar("me", MapType.create(SimpleType.STRING, SimpleType.DYN))
          .addVar("now", SimpleType.TIMESTAMP)
          .setResultType(SimpleType.BOOL)
          .build();
  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();

  private final CelRuntime.Program program;

  private Condition(CelRuntime.Program program) {
    this.program = program;
  }

  /// Nothing for an empty text.
  ///
  /// @throws WrongSetting when it is no condition
  static Optional<Condition> of(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      CelAbstractSyntaxTree tree = COMPILER.compile(text).getAst();
      requireKnownNames(tree.getExpr());
      return Optional.of(new Condition(RUNTIME.createProgram(tree)));
    } catch (CelValidationException | CelEvaluationException e) {
      String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new WrongSetting(
          "when",
          "is no condition over request, me and now: %s".formatted(said.replace("ERROR: ", "")));
    }
  }

  /// What no request has is a mistake that nothing else would show: whoever asks for it is refused for ever.
  private static void requireKnownNames(CelExpr expression) {
    switch (expression.getKind()) {
      case SELECT -> requireKnown(expression.select());
      case CALL -> {
        expression.call().target().ifPresent(Condition::requireKnownNames);
        expression.call().args().forEach(Condition::requireKnownNames);
      }
      case LIST -> expression.list().elements().forEach(Condition::requireKnownNames);
      case MAP -> expression.map().entries().forEach(entry -> requireKnownNames(entry.value()));
      case COMPREHENSION -> {
        requireKnownNames(expression.comprehension().iterRange());
        requireKnownNames(expression.comprehension().loopCondition());
        requireKnownNames(expression.comprehension().loopStep());
        requireKnownNames(expression.comprehension().result());
      }
      case NOT_SET, CONSTANT, IDENT, STRUCT -> {
        // nothing is asked of anything there
      }
    }
  }

  private static void requireKnown(CelExpr.CelSelect select) {
    CelExpr operand = select.operand();
    boolean ofRequest =
        operand.getKind() == CelExpr.ExprKind.Kind.IDENT
            && operand.ident().name().equals("request");
    if (ofRequest && !OF_REQUEST.contains(select.field())) {
      throw new WrongSetting(
          "when",
          "asks for request.%s, which there is not.%s"
              .formatted(select.field(), Nearest.hint(select.field(), OF_REQUEST)));
    }
    requireKnownNames(operand);
  }

  boolean holds(Request request, Caller caller) {
    try {
      Map<String, Object> names =
          Map.of("request", told(request), "me", Me.of(caller), "now", request.startedAt());
      return program.eval(names) instanceof Boolean held && held;
    } catch (CelEvaluationException e) {
      LOG.debug("A condition of the gateway could not be decided: the request is refused", e);
      return false;
    }
  }

  private static Map<String, Object> told(Request request) {
    Map<String, Object> headers = new LinkedHashMap<>();
    request
        .headerLines()
        .forEach(header ->
            headers.merge(
                header.name().toLowerCase(Locale.ROOT),
                header.value(),
                (before, next) -> before + ", " + next));
    Map<String, Object> query = new LinkedHashMap<>();
    request.query().all().forEach(each -> query.putIfAbsent(each.name(), each.value()));
    return Map.of(
        "method", request.method(),
        "path", request.path(),
        "host", RouteTable.hostOf(request.origin()),
        "scheme", request.scheme(),
        "address", request.remoteAddress(),
        "headers", headers,
        "query", query);
  }
}
