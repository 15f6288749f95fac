package dev.varve.identity.account;

import dev.varve.identity.account.SessionIssuer.Proof;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What somebody has proven who owes a second factor, kept while they look for it: nothing is opened by it alone.
public record FirstProof(String account, Proof proof) {
  /// Long enough to find a phone, or a sheet of paper with codes.
  public static final Duration LIFETIME = Duration.ofMinutes(10);

  /// Whether it is still good: it is not too old, and what was proven still opens the account: its password is the same, its link
  /// to the provider is there, and the mailbox that was proven is still its own.
  public boolean holds(WriteContext write, AccountModel accounts) throws SQLException {
    return freshAt(write.at())
        && passwordStands(write)
        && linkStands(write)
        && mailboxStands(write, accounts);
  }

  private boolean mailboxStands(WriteContext write, AccountModel accounts) {
    return proof.mailbox().isEmpty()
        || write
            .find(accounts.model(), account)
            .filter(found -> accounts.hasMailbox(found, proof.mailbox().get()))
            .isPresent();
  }

  private boolean linkStands(WriteContext write) throws SQLException {
    return proof.link().isEmpty()
        || Links.find(write, proof.link().get())
            .filter(link -> link.account().equals(account))
            .isPresent();
  }

  private boolean passwordStands(WriteContext write) throws SQLException {
    Optional<Instant> changed = Credentials.changedAt(write.session(), account);
    return !proof.methods().contains(SignInMethod.PASSWORD)
        || changed.filter(at -> !at.isAfter(proof.came())).isPresent();
  }

  public boolean freshAt(Instant at) {
    return at.isBefore(proof.came().plus(LIFETIME));
  }

  /// As plain JSON values.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("account", account);
    members.put("way", proof.way());
    members.put("methods", SignInMethod.text(proof.methods()));
    proof.at().ifPresent(at -> members.put("at", SqlValues.micros(at)));
    members.put("came", SqlValues.micros(proof.came()));
    proof.link().ifPresent(link -> members.put("link", link));
    proof.mailbox().ifPresent(mailbox -> members.put("mailbox", mailbox));
    return members;
  }

  /// @param members those of [#members()]
  public static FirstProof read(Map<?, ?> members) {
    return new FirstProof(
        String.valueOf(members.get("account")),
        new Proof(
            String.valueOf(members.get("way")),
            SignInMethod.read(String.valueOf(members.get("methods"))),
            Optional.ofNullable((Long) members.get("at")).map(SqlValues::instant),
            SqlValues.instant((Long) Objects.requireNonNull(members.get("came"))),
            Optional.ofNullable((String) members.get("link")),
            Optional.ofNullable((String) members.get("mailbox"))));
  }
}
