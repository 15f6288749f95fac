package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is wrong with an expression is said with its place and the next step.
class MessageTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      textBlock =
          """
          statsu == 'PAID' → 1:1 Order has no field 'statsu'. Did you mean 'status'?
          nonsense == 'PAID' → 1:1 Order has no field 'nonsense'. It has id, user, approver, parent, status, colour, note, title, total, paid, rate, quantity, stock, weight, length, gift, placedAt, due, code, page, ...
          record.status == 'PAID' → 1:1 There is no 'record' in a filter, where the fields of Order stand bare: id, not record.id
          status = 'PAID' → 1:8 '=' is no operator: write == to compare
          status == 'PAID' & gift → 1:18 '&' is no operator: write &&
          status == 'PAID → 1:11 The text is not closed, or has an unknown escape: a quote or backslash in it is written with a backslash before it
          status == → 1:10 The expression ends where more is expected
          status == 'PAID' gift → 1:18 'gift' is not expected here
          (status == 'PAID' → 1:18 ')' is missing here
          total == 99999999999999999999 → 1:10 The number does not fit 64 bits: write it with a decimal point
          total == 1e9999 → 1:10 The exponent is too large: at most 999
          weight == 1e999 → 1:11 weight is a Float: the number is too large for one
          quantity == 5u → 1:13 Write the number without the letter u
          note == b'a' → 1:9 Bytes are not supported
          status == 'PAYD' → 1:11 status has no value 'PAYD'. Did you mean 'PAID'?
          status == 'x' → 1:11 status must be one of DRAFT, PAID, SHIPPED
          status == 1 → 1:11 status is an OrderStatus: compare it with one of its values in quotes, not with a number
          status < 'PAID' → 1:10 status is an OrderStatus, which has no order: it can only be equal or not
          status in ['PAID', 'PAYD'] → 1:20 status has no value 'PAYD'. Did you mean 'PAID'?
          status == colour → 1:8 status is an OrderStatus and colour is a Colour: only values of one type can be compared
          status == note → 1:8 status is an OrderStatus and note is a String: only values of one type can be compared
          gift > true → 1:8 gift is a Boolean, which has no order: it can only be equal or not
          total == 'ten' → 1:10 total is a Decimal: 'ten' is no number
          total > true → 1:9 total is a Decimal: compare it with a number, not with true or false
          quantity == '5' → 1:13 quantity is an Int: compare it with a number, not with text
          total > paid && total > rate → 1:23 total has scale 2 and rate has scale 4: only decimals of one scale can be compared
          total > quantity → 1:7 total is a Decimal and quantity is an Int: only values of one type can be compared
          placedAt > '2026-01-01' → 1:12 placedAt must be a date and time with offset, such as 2026-01-31T09:30:00Z
          placedAt > 5 → 1:12 placedAt is a DateTime: compare it with now, timestamp('2026-01-31T09:30:00Z') or another DateTime, not with a number
          placedAt > timestamp('2026') → 1:22 timestamp takes a text with date, time and offset, such as '2026-01-31T09:30:00Z'
          placedAt > now - duration('1d') → 1:27 duration takes a text of hours, minutes and seconds up to 10,000 years, such as '24h', '1h30m' or '1.5s'
          placedAt + duration('1h') > now → 1:10 placedAt cannot be moved: move the other side, as in placedAt < now - duration('24h')
          placedAt > duration('1h') → 1:12 A duration is added to a moment, as in now - duration('24h')
          due > now → 1:5 due is a Date and now is a DateTime: only values of one type can be compared
          due > '2026-13-01' → 1:7 due must be a date, such as 2026-01-31
          due > timestamp('2026-01-01T00:00:00Z') → 1:7 due is a Date: compare it with a date such as '2026-01-31', not with a timestamp
          code == 'abc' → 1:9 code must be a UUID, such as 0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57
          extra == 'abc' → 1:1 extra is JSON: only extra == null and extra != null are supported
          extra.a == 1 → 1:7 extra is JSON: only extra == null and extra != null are supported
          tags == 'a' → 1:1 tags is a list: ask for one element with x in tags, or for size(tags)
          tags.contains('a') → 1:1 tags is a list: ask for one element with x in tags
          tags[0] == 'a' → 1:5 Elements cannot be picked: ask for one with x in the list
          places.city == 'Oslo' → 1:8 places is a list and has no field 'city': ask for one element with x in places, or for size(places)
          'Oslo' in places → 1:1 places is a list of Address, which cannot be compared
          5 in tags → 1:1 tags is a list of String: compare it with text in quotes, not with a number
          'a' in note → 1:8 in needs a list on its right: ['A', 'B'] or a field that is a list
          shipTo == 'Oslo' → 1:1 shipTo is a value of Address: compare one of its fields, such as shipTo.city, or write shipTo == null
          shipTo.citi == 'Oslo' → 1:8 Address has no field 'citi'. Did you mean 'city'?
          total.amount == 1 → 1:7 total is a Decimal and has no field 'amount'
          me.id == 'a' → 1:1 There is no 'me' in a filter: write the id, the name or what is meant itself
          user.emial == 'a' → 1:6 User has no field 'emial'. Did you mean 'email'?
          user == 5 → 1:9 user is a User: compare it with an id in quotes, not with a number
          parent.parent.parent.parent.parent.note == 'a' → 1:36 parent.parent.parent.parent.parent.note goes over more than 4 relations
          lines.exists(l, l.quantity > 1) → 1:7 exists is not supported: ask a list for one element with x in the list; records that refer to this one cannot be asked
          size(lines) > 1 → 1:6 lines stands for the records that refer to this one, which an expression cannot reach: it reaches its own fields and those of records it refers to
          note.matches('a.*') → 1:6 matches is not supported: use contains, startsWith or endsWith
          matches(note, 'a.*') → 1:1 matches is not supported: use contains, startsWith or endsWith
          note.startswith('a') → 1:6 There is no function startswith. Did you mean 'startsWith'?
          note.startsWith(5) → 1:17 note is a String: compare it with text in quotes, not with a number
          startsWith(note, 'a') → 1:1 startsWith is asked of a text, as in name.startsWith('a')
          total.startsWith('1') → 1:1 total is a Decimal, not text: startsWith cannot be asked of it
          tags.exists(t, t == 'a') → 1:6 exists is not supported: ask a list for one element with x in the list; records that refer to this one cannot be asked
          lower(note) == 'a' → 1:1 There is no function lower. There are contains, startsWith, endsWith, size, has, timestamp, duration
          total + 1 > 5 → 1:7 Arithmetic is not supported, but for moments: now - duration('24h'), now + duration('1h')
          -total > 5 → 1:1 Arithmetic is not supported, but for moments: now - duration('24h'), now + duration('1h')
          size(total) > 5 → 1:6 total is neither text nor a list and has no size
          size(note, 1) > 5 → 1:1 size takes one text or list, as in size(name) > 3
          size(note) > 'a' → 1:14 size(note) is a number: compare it with a number, not with text
          total → 1:1 total is a Decimal, not a condition: compare it with a number
          'PAID' → 1:1 A condition is wanted here, such as a comparison
          now → 1:1 now is a DateTime, not a condition: compare it with now, timestamp('2026-01-31T09:30:00Z') or another DateTime
          size(note) → 1:1 A condition is wanted here, such as a comparison
          has(note, title) → 1:1 has takes one field, as in has(name)
          has(5) → 1:5 A field is wanted here, not a literal
          1 == 1 → 1:3 Both sides are literals: one has to be a field
          (total > 1) == (paid > 1) → 1:8 A value is wanted here, not a condition: join conditions with && and ||
          (total > 1) > true → 1:13 A condition has no order: use ==, != or !
          total < null → 1:7 null has no order: use == null or != null
          null in tags → 1:1 null can only stand beside == and != and in lists
          [1] == total → 1:1 A list can only stand after in, as in name in ['A', 'B']
          {'a': 1}.a == total → 1:1 Only records and values in them have fields
          now.year > 5 → 1:1 now is a DateTime and has no fields
          note == 'a\\u0000' → 1:9 note must not contain the character U+0000
          status == 'PAID' &&\\n  totl > 5 → 2:3 Order has no field 'totl'. Did you mean 'total'?
          note == '😀' && totl > 5 → 1:16 Order has no field 'totl'. Did you mean 'total'?
          """)
  void saysWhatIsWrongAndWhere(String source, String expected) {
    ExpressionException exception =
        catchThrowableOfType(
            ExpressionException.class, () -> Shop.filter(source.replace("\\n", "\n")));
    assertThat(place(exception)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      textBlock =
          """
          status == 'PAID' → 1:1 There is no 'status': a rule speaks of record, input, me and now. Did you mean 'record.status'?
          recrod.status == 'PAID' → 1:1 There is no 'recrod': a rule speaks of record, input, me and now. Did you mean 'record'?
          my.id == 'a' → 1:1 There is no 'my': a rule speaks of record, input, me and now. Did you mean 'me'?
          me == 'a' → 1:1 me stands for all fields: name one, as in me.id
          me.taem == 'a' → 1:4 Member has no field 'taem'. Did you mean 'team'?
          me.team.name == 'a' → 1:9 Of me its own fields are known: me.team is the id of a Team, and what that record holds is not at hand
          me.rank == 'a' → 1:12 me.rank is an Int: compare it with a number, not with text
          me.team == 5 → 1:12 me.team is a Team: compare it with an id in quotes, not with a number
          me.roles == 'a' → 1:4 me.roles is a list: ask for one element with x in me.roles, or for size(me.roles)
          record.rate == me.budget → 1:13 record.rate has scale 4 and me.budget has scale 2: only decimals of one scale can be compared
          record.status == me.colour → 1:15 record.status is an OrderStatus and me.colour is a Colour: only values of one type can be compared
          record.quantity in me.roles → 1:8 record.quantity is an Int and me.roles is a list of String: only values of one type can be compared
          record == null → 1:1 record stands for all fields: name one, as in record.id
          input.totl > 5 → 1:7 Order has no field 'totl'. Did you mean 'total'?
          record.statsu == 'PAID' → 1:8 Order has no field 'statsu'. Did you mean 'status'?
          record.total > 'ten' → 1:16 record.total is a Decimal: 'ten' is no number
          record.total > input.quantity → 1:14 record.total is a Decimal and input.quantity is an Int: only values of one type can be compared
          record.user.nmae == 'Ada' → 1:13 User has no field 'nmae'. Did you mean 'name'?
          has(record) → 1:5 record stands for all fields: name one, as in record.id
          """)
  void rulesSayTheSameOfRecordAndInput(String source, String expected) {
    ExpressionException exception =
        catchThrowableOfType(ExpressionException.class, () -> Shop.rule(source));
    assertThat(place(exception)).isEqualTo(expected);
  }

  @Test
  void refusesWhatIsTooLarge() {
    assertThat(refusal("note == '" + "a".repeat(2_000) + "'"))
        .isEqualTo("1:1 The expression has 2010 characters; at most 2000 are supported");
    assertThat(refusal("(".repeat(40) + "gift" + ")".repeat(40)))
        .isEqualTo("1:1 The expression is nested more than 32 levels deep");
    assertThat(refusal("gift" + "&&gift".repeat(200)))
        .endsWith(" The expression has more than 200 conditions");
    assertThat(refusal("quantity in [" + "1,".repeat(500) + "1]"))
        .isEqualTo("1:13 A list has at most 500 elements");
  }

  @Test
  void choicesWithinChoicesDoNotGrowWithoutBound() {
    String source = "gift";
    for (int i = 0; i < 20; i++) {
      source = "(" + source + " ? gift : gift)";
    }
    assertThat(refusal(source)).endsWith(" The expression has more than 200 conditions");
  }

  @Test
  void refusesMomentsBeyondAllClocks() {
    assertThat(refusal("placedAt < now" + " + duration('87600000h')".repeat(12)))
        .isEqualTo("1:256 The moment is more than 100,000 years away");
  }

  private static String refusal(String source) {
    return place(catchThrowableOfType(ExpressionException.class, () -> Shop.filter(source)));
  }

  private static String place(ExpressionException e) {
    return e == null ? "NONE" : "%d:%d %s".formatted(e.line(), e.column(), e.text());
  }
}
