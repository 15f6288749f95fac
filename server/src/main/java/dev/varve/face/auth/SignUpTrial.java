package dev.varve.face.auth;

import dev.varve.identity.account.RequestSource;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds out what a sign-up would be refused for, without telling whether its e-mail address has an account.
public final class SignUpTrial {
  private final AccountContext context;

  public SignUpTrial(AccountContext context) {
    this.context = context;
  }

  /// Tries the account out, under another address, and undoes it: what the rules, other unique fields or missing
  /// references refuse is told to everybody alike, whether their address has an account or not.
  public void of(Input input, RequestSource source) {
    // thrown when all went well
    Problem undone = new Problem(ErrorCode.CONFLICT, "A rehearsal is undone");
    Model model = context.accounts().model();
    String id = context.stages().ids().get();
    Input other =
        context.accounts().with(input, Map.of(context.accounts().email(), id + "@invalid.invalid"));
    try {
      context.write(
          source,
          write -> {
            Entity account = nobodyYet(model, id, other, write);
            write.apply(
                context
                    .stages()
                    .access()
                    .authorizeSignUp(
                        context.caller(account, id), new Command.Create(model, id, false, other)));
            throw undone;
          });
    } catch (Problem problem) {
      if (problem != undone) {
        throw problem;
      }
    }
  }

  /// The account that rules know as `me` while it is made. It has nothing of what was given but the address: else
  /// whoever signs up would be let into a team, and at its fields, for saying to be in it.
  private Entity nobodyYet(Model model, String id, Input input, WriteContext write) {
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    for (Field field : model.fields()) {
      values[field.ordinal()] = field.defaultValue().orElse(null);
    }
    Field email = context.accounts().email();
    values[email.ordinal()] = input.value(email);
    values[model.id().ordinal()] = id;
    values[model.createdAt().ordinal()] = write.at();
    values[model.updatedAt().ordinal()] = write.at();
    values[model.version().ordinal()] = 1L;
    return new Entity(model, values);
  }
}
