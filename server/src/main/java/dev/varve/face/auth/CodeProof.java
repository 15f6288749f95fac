package dev.varve.face.auth;

import dev.varve.identity.account.Factor;
import dev.varve.identity.factor.RecoveryCodes;
import dev.varve.identity.factor.Totps;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Route.Member;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// A factor that is proven with a code that somebody types.
record CodeProof(Factor factor, Use use, String hint) implements FactorProof {
  static final String CODE = "code";
  static final List<Member> MEMBERS = List.of(Member.text(CODE).optional());

  // longer than any code with all that people type between its characters
  private static final int LENGTH_MAX = 100;

  /// Uses a code up.
  @FunctionalInterface
  interface Use {
    boolean use(WriteContext write, String account, String code) throws SQLException;
  }

  static CodeProof totp(Totps totps) {
    return new CodeProof(
        Factor.TOTP,
        totps::use,
        "is wrong, or was used before: take the next one that the authenticator application shows");
  }

  static CodeProof recoveryCode() {
    return new CodeProof(
        Factor.RECOVERY_CODE,
        RecoveryCodes::use,
        "is wrong, or was used before: take another recovery code");
  }

  @Override
  public List<Member> members() {
    return MEMBERS;
  }

  @Override
  public Judge judge(Map<String, ?> given) {
    if (given.get(CODE) instanceof String code && !code.isBlank() && code.length() <= LENGTH_MAX) {
      return (write, account, _) -> use.use(write, account.id(), code);
    }
    throw Problem.invalid(CODE, "must be the code, as text");
  }

  @Override
  public Problem wrong() {
    return Problem.invalid(CODE, hint);
  }
}
