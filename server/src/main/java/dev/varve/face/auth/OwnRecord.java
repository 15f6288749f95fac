package dev.varve.face.auth;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.FoundRecord;
import java.util.Optional;

/// The record of an account as its owner may see it.
public final class OwnRecord {
  private static final String NAME = "name";

  private final AccountContext context;

  OwnRecord(AccountContext context) {
    this.context = context;
  }

  /// Nothing when no rule lets its owner read it.
  Optional<FoundRecord> of(Caller caller) {
    try {
      Authorized<Read.One> read =
          context
              .stages()
              .access()
              .authorize(
                  caller,
                  new Read.One(
                      context.accounts().model(),
                      caller.account().orElseThrow().id(),
                      Moment.NOW,
                      Selection.ALL));
      return context.stages().query().one(read);
    } catch (Problem problem) {
      if (problem.code() == ErrorCode.FORBIDDEN) {
        return Optional.empty(); // no rule lets anybody read accounts
      }
      throw problem;
    }
  }

  /// What somebody is called, in a schema that has a `name`.
  public Optional<String> name(Caller caller) {
    return of(caller)
        .flatMap(found ->
            context
                .accounts()
                .model()
                .field(NAME)
                .filter(found.item().visible())
                .map(found.item().entity()::value))
        .filter(String.class::isInstance)
        .map(String::valueOf)
        .filter(text -> !text.isBlank());
  }
}
