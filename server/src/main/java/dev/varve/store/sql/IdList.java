package dev.varve.store.sql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ids, or other values, that a query asks for at once. Their number is filled up to a power of two with nulls, which equal nothing: so
/// there are few different statements to prepare, and none asks for twice as many as are wanted.
public final class IdList {
  /// How many are asked for at once: below the number of parameters that every database takes.
  public static final int IDS_MAX = 1_024;

  private static final int SIZES = Integer.numberOfTrailingZeros(IDS_MAX) + 1;

  private IdList() {}

  /// All of them, as many at once as may be.
  public static <T> List<List<T>> chunks(Collection<T> ids) {
    List<T> all = List.copyOf(ids);
    List<List<T>> chunks = new ArrayList<>();
    for (int start = 0; start < all.size(); start += IDS_MAX) {
      chunks.add(all.subList(start, Math.min(all.size(), start + IDS_MAX)));
    }
    return chunks;
  }

  /// @param ids from 1 to [#IDS_MAX]
  public static <T> List<@Nullable T> padded(Collection<T> ids) {
    int size = 1 << exponent(ids.size());
    List<@Nullable T> padded = new ArrayList<>(size);
    padded.addAll(ids);
    while (padded.size() < size) {
      padded.add(null);
    }
    return padded;
  }

  /// Of the power of two that so many are filled up to.
  private static int exponent(int count) {
    if (count < 1 || count > IDS_MAX) {
      throw new IllegalArgumentException(
          "From 1 to %,d ids are asked for, not %,d".formatted(IDS_MAX, count));
    }
    return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
  }

  /// The text of a query for records by their ids, made once for each number of them.
  public static final class Text {
    private final String before;
    private final String each;
    private final String after;
    private final @Nullable String[] byExponent = new @Nullable String[SIZES];

    private Text(String before, String each, String after) {
      this.before = before;
      this.each = each;
      this.after = after;
    }

    /// @param select up to `WHERE`
    /// @param after what comes behind the condition; empty for nothing
    public static Text byId(String select, String after) {
      return new Text(select + " WHERE id IN (", "?", ")" + after);
    }

    /// @param select up to `WHERE`
    public static Text byColumn(String select, String column) {
      return new Text(select + " WHERE " + column + " IN (", "?", ")");
    }

    /// @param select up to the columns of a pair, which are among those that are asked for; each pair has two parameters
    public static Text byPair(String select) {
      return new Text(select + " IN (VALUES ", "(?, ?)", ")");
    }

    /// For ids that are [#padded].
    public String of(int count) {
      int exponent = exponent(count);
      String text = byExponent[exponent];
      if (text == null) {
        // two threads may make it: it is the same
        text = before + String.join(", ", Collections.nCopies(1 << exponent, each)) + after;
        byExponent[exponent] = text;
      }
      return text;
    }
  }
}
