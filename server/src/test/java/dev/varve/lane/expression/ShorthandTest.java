package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Shorthand filters of lists, `total[gte]=100`.
class ShorthandTest {
  private static final Pattern PARAMETER = Pattern.compile("([\\w.]+)(?:\\[(\\w+)])?=(.*)");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '→',
      textBlock =
          """
          status=PAID                     → status == "PAID"
          status[eq]=PAID                 → status == "PAID"
          status[ne]=PAID                 → status != "PAID"
          status[in]=PAID,DRAFT           → status in ["PAID", "DRAFT"]
          status[in]=                     → status in []
          status[isNull]=true             → status == null
          status[isNull]=false            → status != null
          total[gte]=100                  → total >= 100
          total[gt]=99.999                → total > 99.999
          total[lt]=1e3                   → total < 1000
          total[lte]=-5                   → total <= -5
          quantity=5                      → quantity == 5
          quantity[in]=1,2,3              → quantity in [1, 2, 3]
          weight[lt]=0.5                  → weight < 0.5
          gift=true                       → gift == true
          gift[ne]=true                   → gift != true
          placedAt[gte]=2026-01-01T00:00:00Z → placedAt >= timestamp("2026-01-01T00:00:00Z")
          due=2026-03-02                  → due == "2026-03-02"
          code=0198C5F2-6F1A-7C3E-9B1D-2F4A8E6C0B57 → code == "0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57"
          note[contains]=a b              → note.contains("a b")
          note[startsWith]=Str            → note.startsWith("Str")
          note=                           → note == ""
          note=a,b                        → note == "a,b"
          tags[contains]=hot              → "hot" in tags
          sizes[contains]=2               → 2 in sizes
          prices[contains]=1.5            → 1.5 in prices
          tags[isNull]=true               → tags == null
          shipTo[isNull]=true             → shipTo == null
          shipTo.city=Oslo                → shipTo.city == "Oslo"
          user=u1                         → user == "u1"
          user.id=u1                      → user == "u1"
          user.email[startsWith]=ada      → user.email.startsWith("ada")
          user.team.budget[lt]=10         → user.team.budget < 10
          """)
  void meansWhatTheExpressionMeans(String shorthand, String source) throws ExpressionException {
    assertThat(unnamed(compile(shorthand))).isEqualTo(unnamed(Shop.filter(source)));
  }

  /// Without the texts of paths, which differ after `user.id` was reduced, and the layers around one test.
  private static String unnamed(Predicate predicate) {
    Predicate single =
        predicate instanceof Or or && or.parts().size() == 1 ? or.parts().getFirst() : predicate;
    return single.toString().replaceAll("text=[\\w.]+", "");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      textBlock =
          """
          statsu=PAID → statsu: Order has no field 'statsu'. Did you mean 'status'?
          user.emall=a → user.emall: User has no field 'emall'. Did you mean 'email'?
          user.=a → user.: User has no field ''. It has id, email, name, active, home, team, createdAt, updatedAt, version
          .=a → .: Order has no field ''. It has id, user, approver, parent, status, colour, note, title, total, paid, rate, quantity, stock, weight, length, gift, placedAt, due, code, page, ...
          status=PAYD → status: status has no value 'PAYD'. Did you mean 'PAID'?
          status[in]=PAID,PAYD → status[in]: status has no value 'PAYD'. Did you mean 'PAID'?
          status[gt]=PAID → status[gt]: status is an OrderStatus, which has no order: it can only be equal or not
          total=ten → total: total is a Decimal: 'ten' is no number
          total[gte]= → total[gte]: total is a Decimal: '' is no number
          total=1e99999 → total: total is a Decimal: '1e99999' is no number
          quantity=0x10 → quantity: quantity is an Int: '0x10' is no number
          weight=NaN → weight: weight is a Float: 'NaN' is no number
          gift=yes → gift: must be true or false
          gift[gt]=true → gift[gt]: gift is a Boolean, which has no order: it can only be equal or not
          placedAt[gte]=2026-01-01 → placedAt[gte]: placedAt must be a date and time with offset, such as 2026-01-31T09:30:00Z
          due=tomorrow → due: due must be a date, such as 2026-01-31
          code=7 → code: code must be a UUID, such as 0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57
          tags=hot → tags: tags is a list: ask for one element with tags[contains]
          tags[in]=hot → tags[in]: tags is a list: ask for one element with tags[contains]
          sizes[contains]=x → sizes[contains]: sizes is an Int: 'x' is no number
          total[contains]=1 → total[contains]: total is a Decimal, not text
          total[startsWith]=1 → total[startsWith]: total is a Decimal, not text
          shipTo=Oslo → shipTo: shipTo has fields of its own: compare one of them, such as shipTo.city, or write shipTo[isNull]
          extra=1 → extra: extra is JSON: only extra[isNull] is supported
          extra[contains]=1 → extra[contains]: extra is JSON: only extra[isNull] is supported
          places[contains]=1 → places[contains]: places is a list of Address, which cannot be compared
          status[isNull]=1 → status[isNull]: must be true or false
          lines=1 → lines: lines stands for the records that refer to this one, which an expression cannot reach: it reaches its own fields and those of records it refers to
          total.x=1 → total.x: total is a Decimal and has no field 'x'
          tags.x=1 → tags.x: tags is a list and has no field 'x': ask for one element with x in tags, or for size(tags)
          parent.parent.parent.parent.parent.note=a → parent.parent.parent.parent.parent.note: parent.parent.parent.parent.parent.note goes over more than 4 relations
          """)
  void namesTheParameterThatIsWrong(String shorthand, String expected) {
    Problem problem = catchThrowableOfType(Problem.class, () -> compile(shorthand));

    assertThat(said(problem)).isEqualTo(expected);
  }

  @Test
  void isGivenOnceUnlessItTakesSeveral() {
    assertThat(refusal("status", Operator.EQ, List.of("PAID", "DRAFT")))
        .isEqualTo(
            "status: is given 2 times: give it once, or name several values with status[in]=A,B");
    assertThat(
            Predicates.compare(
                Shop.SCHEMA, Shop.ORDER, "status", Operator.IN, List.of("PAID", "DRAFT,SHIPPED")))
        .hasToString(compile("status[in]=PAID,DRAFT,SHIPPED").toString());
  }

  @Test
  void takesAtMost500Values() {
    String values = String.join(",", Collections.nCopies(501, "1"));

    assertThat(refusal("quantity", Operator.IN, List.of(values)))
        .isEqualTo("quantity[in]: has 501 values: at most 500 are supported");
  }

  private static String refusal(String path, Operator operator, List<String> texts) {
    return said(
        catchThrowableOfType(
            Problem.class,
            () -> Predicates.compare(Shop.SCHEMA, Shop.ORDER, path, operator, texts)));
  }

  private static String said(Problem problem) {
    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
    FieldError error = problem.details().getFirst();
    return error.field() + ": " + error.message();
  }

  private static Predicate compile(String shorthand) {
    Matcher parameter = PARAMETER.matcher(shorthand);
    if (!parameter.matches()) {
      throw new IllegalArgumentException(shorthand);
    }
    Operator operator =
        Arrays.stream(Operator.values())
            .filter(candidate -> candidate.word().equals(parameter.group(2)))
            .findFirst()
            .orElse(Operator.EQ);
    return Predicates.compare(
        Shop.SCHEMA, Shop.ORDER, parameter.group(1), operator, List.of(parameter.group(3)));
  }
}
