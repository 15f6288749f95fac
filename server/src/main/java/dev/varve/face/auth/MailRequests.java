package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.RequestSource;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route.Member;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Somebody asks for a mail to an address that they name: `{"email": "..."}`. The answer is the same whether it has an
/// account or not.
final class MailRequests {
  static final List<Member> TAKEN = List.of(Endpoint.EMAIL);

  private final AccountContext context;

  MailRequests(AccountContext context) {
    this.context = context;
  }

  /// Which mail an address is sent.
  @FunctionalInterface
  interface Choice {
    /// The mail, if there is one. It writes about as much when there is none.
    Optional<Letter> mail(WriteContext write, String email) throws SQLException;
  }

  /// @param accepted what the answer says, whatever becomes of it
  Answer answer(Request request, String accepted, Choice choice) {
    send(request, JsonBody.of(request, TAKEN), choice);
    return AccountAnswers.message(accepted);
  }

  /// Sends what there is to send.
  ///
  /// @param body with the address
  void send(Request request, JsonBody body, Choice choice) {
    context.outbox().requireMail();
    String email = body.email(AccountModel.EMAIL);
    body.check();
    RequestSource source = AccountContext.source(request);
    context.note(
        source,
        write -> {
          context.attempts().countMail(write, source);
          context.mail(write, choice.mail(write, email), source);
        });
  }
}
