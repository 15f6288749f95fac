package dev.varve.identity.account;

import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.factor.TrustedDevices;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.write.UnitTrigger;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// What follows when the record of an account changes, over whichever face: whoever is disabled or deleted is signed
/// out at once, an address that nobody confirmed is not verified, and what happened becomes a security event.
public final class AccountChanges implements UnitTrigger {
  // an import of accounts must not double its unit
  private static final int EVENTS_MAX = 100;

  private final AccountModel accounts;
  private final Access access;
  private final Sessions sessions;
  private final SecurityEvents events;

  public AccountChanges(Schema schema, Access access, Sessions sessions, SecurityEvents events) {
    this.accounts = AccountModel.of(schema.account());
    this.access = access;
    this.sessions = sessions;
    this.events = events;
  }

  @Override
  public void after(List<Change> changes, WriteContext write) throws SQLException {
    List<Event> happened = new ArrayList<>();
    for (Change change : changes) {
      if (change.model().name().equals(accounts.model().name())) {
        follow(change, write, happened);
      }
    }
    for (Event event : happened.subList(0, Math.min(happened.size(), EVENTS_MAX))) {
      events.record(write, event);
    }
    if (happened.size() > EVENTS_MAX) {
      events.record(
          write,
          new Event(
              Kind.ACCOUNTS_CHANGED,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Map.of("more", happened.size() - EVENTS_MAX)));
    }
  }

  private void follow(Change change, WriteContext write, List<Event> happened) throws SQLException {
    Entity before = change.before();
    Entity after = change.after();
    if (after == null) {
      shutOut(write, change.id());
      Credentials.remove(write, change.id());
      EarlierHolder.forget(write, change.id());
      happened.add(event(Kind.ACCOUNT_DELETED, change.entity()));
    } else if (before == null) {
      // one that comes back gets no credentials that it had in an earlier life
      happened.add(
          event(Kind.ACCOUNT_CREATED, after).with("roles", List.copyOf(accounts.roles(after))));
    } else {
      followUpdate(before, after, write, happened);
    }
  }

  private void followUpdate(Entity before, Entity after, WriteContext write, List<Event> happened)
      throws SQLException {
    if (!accounts.roles(before).equals(accounts.roles(after))) {
      happened.add(rolesChanged(before, after));
    }
    if (accounts.disabled(before) != accounts.disabled(after)) {
      happened.add(
          event(accounts.disabled(after) ? Kind.ACCOUNT_DISABLED : Kind.ACCOUNT_ENABLED, after));
    }
    if (accounts.disabled(after) && !accounts.disabled(before)) {
      shutOut(write, after.id());
    }
    if (!accounts.email(before).equals(accounts.email(after))) {
      emailChanged(before, after, write, happened);
    } else if (accounts.verified(after) && !accounts.verified(before)) {
      happened.add(event(Kind.EMAIL_VERIFIED, after));
    }
  }

  private Event rolesChanged(Entity before, Entity after) {
    TreeSet<String> added = new TreeSet<>(accounts.roles(after));
    added.removeAll(accounts.roles(before));
    TreeSet<String> removed = new TreeSet<>(accounts.roles(before));
    removed.removeAll(accounts.roles(after));
    return event(Kind.ROLES_CHANGED, after)
        .with("added", List.copyOf(added))
        .with("removed", List.copyOf(removed));
  }

  private void emailChanged(Entity before, Entity after, WriteContext write, List<Event> happened)
      throws SQLException {
    happened.add(event(Kind.EMAIL_CHANGED, after).with("from", accounts.email(before)));
    boolean confirmed = MailTokens.confirmedNow(write, after.id(), accounts.email(after));
    MailTokens.endAll(write, after.id());
    if (!confirmed && accounts.verified(before) && accounts.verified(after)) {
      write.apply(
          access.authorize(
              Caller.trusted("varve"),
              new Command.Merge(
                  accounts.model(),
                  after.id(),
                  accounts.input(Map.of(accounts.verified(), false)),
                  Precondition.NONE)));
    }
  }

  private void shutOut(WriteContext write, String account) throws SQLException {
    sessions.endAll(write, account, Optional.empty());
    TrustedDevices.endAll(write, account);
    MailTokens.endAll(write, account);
  }

  private Event event(Kind kind, Entity account) {
    return new Event(
        kind,
        Optional.of(account.id()),
        Optional.of(accounts.email(account)),
        Optional.empty(),
        Map.of());
  }
}
