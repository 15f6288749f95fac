package dev.varve.store.sql.sqlite;

import dev.varve.kernel.Folding;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.sqlite.Function;

/// [Folding#fold] as a function of SQL, which every connection has to be given.
public final class FoldFunction extends Function {
  private final Folding folding;

  private FoldFunction(Folding folding) {
    this.folding = folding;
  }

  static String name(Folding folding) {
    return "varve_fold_" + folding.name().toLowerCase(Locale.ROOT);
  }

  /// Makes the functions known to a connection.
  public static Connection addTo(Connection connection) throws SQLException {
    for (Folding folding : Folding.values()) {
      if (folding != Folding.EXACT) {
        Function.create(
            connection, name(folding), new FoldFunction(folding), 1, Function.FLAG_DETERMINISTIC);
      }
    }
    return connection;
  }

  @Override
  protected void xFunc() throws SQLException {
    String text = value_text(0);
    if (text == null) {
      result();
    } else {
      result(folding.fold(text));
    }
  }
}
