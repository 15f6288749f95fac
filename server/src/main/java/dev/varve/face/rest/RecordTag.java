package dev.varve.face.rest;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Precondition;
import dev.varve.net.http.EntityTags;
import dev.varve.store.log.LogPlace;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The entity tag of a record, which is its version in quotes: `"7"`. Where callers see different fields of
/// it, a mark of what this one sees follows: `"7-1f3c"`. Once the log has lost its end, its epoch comes before: `"2:7"`. A version that
/// was lost has the same number as another one now.
final class RecordTag {
  private static final int DIGITS_MAX = 18;
  private static final char MARK = '-';
  private static final char EPOCH = ':';

  private RecordTag() {}

  /// @param epoch of the log
  /// @param mark of what the caller sees; empty when all see the same
  static String of(long epoch, long version, String mark) {
    String number = LogPlace.text(epoch, Long.toString(version));
    return "\"" + number + (mark.isEmpty() ? "" : MARK + mark) + "\"";
  }

  /// What `If-Match` asks for. Weak tags, tags of other things and those of another epoch match no version.
  static Precondition precondition(EntityTags ifMatch, long epoch) {
    if (ifMatch.isAny()) {
      return new Precondition.Exists();
    }
    Set<Long> versions = new HashSet<>();
    for (String tag : ifMatch.tags()) {
      String number = version(tag.substring(1, tag.length() - 1));
      String digits = number.substring(number.indexOf(EPOCH) + 1);
      if (tag.startsWith("\"") && isNumber(digits) && number.equals(LogPlace.text(epoch, digits))) {
        versions.add(Long.parseLong(digits));
      }
    }
    return new Precondition.Versions(versions);
  }

  /// What stands for `If-Match` inside JSON: the version as the record has it, `7` or `"7"`, or the value of the header.
  ///
  /// @param epoch of the log, in which a number alone is meant
  /// @return absent when it is none of them
  static Optional<EntityTags> given(Object plain, long epoch) {
    String text = String.valueOf(plain);
    if (!(plain instanceof Long || plain instanceof String)) {
      return Optional.empty();
    }
    if (isNumber(text)) {
      return Optional.of(EntityTags.parse("ifMatch", of(epoch, Long.parseLong(text), "")));
    }
    try {
      return plain instanceof String
          ? Optional.of(EntityTags.parse("ifMatch", text))
          : Optional.empty();
    } catch (Problem problem) {
      return Optional.empty();
    }
  }

  private static String version(String content) {
    int end = content.indexOf(MARK);
    return end < 0 ? content : content.substring(0, end);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= DIGITS_MAX
        // "07" is not the tag of version 7
        && (text.charAt(0) != '0' || text.length() == 1)
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
