package dev.varve.face.auth;

import dev.varve.identity.account.Factor;
import dev.varve.identity.account.RequestSource;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// How one kind of second factor is proven.
public interface FactorProof {
  Factor factor();

  /// What a request brings for it, beside its name.
  List<Member> members();

  /// Reads what was given; whatever is slow is done before this returns.
  ///
  /// @param given plain JSON values, or the texts of a form
  /// @throws Problem VALIDATION_ERROR when it cannot be read
  Judge judge(Map<String, ?> given);

  /// What is told of one that is not good.
  Problem wrong();

  /// Decides in the unit that opens the session.
  @FunctionalInterface
  interface Judge {
    /// Whether the factor of the account has been proven. What is good once is used up when it was; when it was not, nothing is
    /// written but that a challenge is used up.
    boolean isGood(WriteContext write, Entity account, RequestSource source) throws SQLException;
  }
}
