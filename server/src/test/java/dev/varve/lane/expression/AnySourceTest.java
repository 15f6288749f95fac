package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever is written, the answer is a predicate or a message with a place in the source.
class AnySourceTest {
  @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
  void compilesOrSaysWhereItDoesNot(@ForAll("sources") String source) {
    for (Vocabulary vocabulary : Vocabulary.values()) {
      try {
        Expressions.compile(Shop.SCHEMA, Shop.ORDER, source, vocabulary);
      } catch (ExpressionException e) {
        assertThat(e.text()).isNotBlank();
        assertThat(e.line()).isBetween(1, (int) source.lines().count() + 1);
        assertThat(e.column()).isBetween(1, source.length() + 1);
      }
    }
  }

  @Provide
  Arbitrary<String> sources() {
    Arbitrary<String> token =
        Arbitraries.of(
            "status",
            "record",
            "input",
            "now",
            "total",
            "user",
            ".",
            ".email",
            ".city",
            "shipTo",
            "tags",
            "places",
            "extra",
            "gift",
            "==",
            "!=",
            "<",
            ">=",
            "&&",
            "||",
            "!",
            "in",
            "(",
            ")",
            "[",
            "]",
            ",",
            "?",
            ":",
            "+",
            "-",
            "*",
            "'PAID'",
            "'😀'",
            "\"a\"",
            "5",
            "1.5",
            "-1",
            "1e400",
            ".5",
            "0x1F",
            "5u",
            "b'x'",
            "null",
            "true",
            "size(",
            "has(",
            "timestamp(",
            "duration('1h')",
            "startsWith(",
            ".contains('a')",
            ".exists(l, l)",
            "{'a': 1}",
            "_f(x)",
            "\n",
            "#",
            "`a`",
            "'",
            "\\",
            "é",
            ";",
            "'\\ud800'",
            ".id",
            "lines",
            "\t");
    return Arbitraries.oneOf(
        token.list().ofMinSize(1).ofMaxSize(12).map(tokens -> String.join(" ", tokens)),
        token.list().ofMinSize(1).ofMaxSize(8).map(tokens -> String.join("", tokens)),
        Arbitraries.strings().ofMaxLength(20));
  }
}
