package dev.varve.lane.live;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.AnswerScope;
import dev.varve.lane.access.Caller;
import dev.varve.lane.query.VisibleRecords;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.state.UnitChanges;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// All that are open: in which group each reads, for whom it counts, and on whose account it is.
final class Subscriptions {
  private final Access access;
  private final LiveSettings settings;
  private final Frame.Writer frames;
  private final AccountNews.Source accountNews;
  private final String accountModel;
  private final LongSupplier position;
  private final LogEpochs epochs;

  // guards what follows; held for moments
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, ReaderGroup> groups = new HashMap<>();
  private final Map<Subscription, Key> open = new HashMap<>();
  private final Map<String, Integer> byOwner = new HashMap<>();
  private final Map<Account, Set<Subscription>> byAccount = new HashMap<>();
  private @Nullable Problem ended;

  private record Account(String model, String id) {
    static Account of(Entity entity) {
      return new Account(entity.model().name(), entity.id());
    }
  }

  /// Who is told the same.
  private record Key(List<String> models, Optional<String> filter, ReaderRights rights) {
    static Key of(Interest interest, List<VisibleRecords> visible, Caller caller) {
      AnswerScope viewpoint =
          visible.stream()
              .map(VisibleRecords::viewpoint)
              .reduce(AnswerScope.EVERYBODY, AnswerScope::and);
      return new Key(
          visible.stream().map(records -> records.model().name()).sorted().toList(),
          interest.filter().map(Interest.Filter::text),
          ReaderRights.of(caller).as(viewpoint));
    }
  }

  /// @param position up to which groups have been told
  Subscriptions(
      Access access,
      LiveSettings settings,
      Frame.Writer frames,
      AccountNews.Source accountNews,
      String accountModel,
      LongSupplier position,
      LogEpochs epochs) {
    this.access = access;
    this.settings = settings;
    this.frames = frames;
    this.accountNews = accountNews;
    this.accountModel = accountModel;
    this.position = position;
    this.epochs = epochs;
  }

  /// @param past reads what no group keeps any longer
  /// @throws Problem as [Feed#subscribe] does
  Subscription open(
      Caller caller, String owner, Interest interest, FeedPosition after, FeedPast past) {
    List<VisibleRecords> visible = interest.visible(access, caller);
    Key key = Key.of(interest, visible, caller);
    lock.lock();
    try {
      requireRoom(owner);
      ReaderSignal signal = new ReaderSignal();
      ReaderGroup group = enter(key, visible, signal);
      Subscription subscription =
          new Subscription(this, past, owner, interest, caller, signal, group, after);
      open.put(subscription, key);
      byOwner.merge(owner, 1, Integer::sum);
      subscription
          .account()
          .map(Account::of)
          .ifPresent(account ->
              byAccount.computeIfAbsent(account, _ -> new HashSet<>()).add(subscription));
      return subscription;
    } finally {
      lock.unlock();
    }
  }

  private void requireRoom(String owner) {
    if (ended != null) {
      throw ended;
    }
    if (byOwner.getOrDefault(owner, 0) >= settings.subscribersPerCallerMax()) {
      throw new Problem(
          ErrorCode.TOO_MANY_REQUESTS,
          "You have %,d streams open, which is all that one caller may have. Close some, or raise the setting live.subscribersPerCallerMax"
              .formatted(settings.subscribersPerCallerMax()));
    }
    if (open.size() >= settings.subscribersMax()) {
      throw new Problem(
          ErrorCode.OVERLOADED,
          "There are %,d streams open, which is all that there may be. Try again later, or raise the setting live.subscribersMax"
              .formatted(settings.subscribersMax()));
    }
  }

  private ReaderGroup enter(Key key, List<VisibleRecords> visible, ReaderSignal reader) {
    ReaderGroup group =
        groups.computeIfAbsent(
            key,
            _ ->
                new ReaderGroup(
                    new ChangeVisibility(visible, frames, epochs), position.getAsLong()));
    group.join(reader);
    return group;
  }

  private void exit(Key key, ReaderSignal reader) {
    ReaderGroup group = groups.get(key);
    if (group != null && group.leave(reader)) {
      groups.remove(key);
    }
  }

  /// Seats a reader whose caller has other rights now.
  ///
  /// @throws Problem with FORBIDDEN when it may not read what it asked for any longer
  ReaderGroup move(Subscription subscription, Caller now) {
    List<VisibleRecords> visible = subscription.interest().visible(access, now);
    Key key = Key.of(subscription.interest(), visible, now);
    lock.lock();
    try {
      Key before = open.get(subscription);
      if (before != null && !before.equals(key)) {
        exit(before, subscription.signal());
      }
      open.put(subscription, key);
      return enter(key, visible, subscription.signal());
    } finally {
      lock.unlock();
    }
  }

  void leave(Subscription subscription) {
    lock.lock();
    try {
      Key key = open.remove(subscription);
      if (key != null) {
        exit(key, subscription.signal());
        byOwner.computeIfPresent(subscription.owner(), (_, count) -> count == 1 ? null : count - 1);
        subscription.account().map(Account::of).ifPresent(account -> forget(account, subscription));
      }
    } finally {
      lock.unlock();
    }
  }

  private void forget(Account account, Subscription subscription) {
    byAccount.computeIfPresent(
        account,
        (_, ofAccount) -> {
          ofAccount.remove(subscription);
          return ofAccount.isEmpty() ? null : ofAccount;
        });
  }

  int count() {
    lock.lock();
    try {
      return open.size();
    } finally {
      lock.unlock();
    }
  }

  /// Leaves out what is to be told, if nobody is there to hear it.
  ///
  /// @param skip done then, before anybody comes
  /// @return whether nobody is there
  boolean skipIfNone(Runnable skip) {
    lock.lock();
    try {
      if (!open.isEmpty()) {
        return false;
      }
      skip.run();
      return true;
    } finally {
      lock.unlock();
    }
  }

  List<ReaderGroup> groups() {
    lock.lock();
    try {
      return List.copyOf(groups.values());
    } finally {
      lock.unlock();
    }
  }

  /// Makes those whose account a unit changes look up their rights, before they are told of it.
  void noteAccounts(UnitChanges unit) {
    lock.lock();
    try {
      for (Optional<Change> change : unit.changes()) {
        change.ifPresent(this::noteAccount);
      }
    } finally {
      lock.unlock();
    }
  }

  private void noteAccount(Change change) {
    noteAccount(Account.of(change.entity()));
    accountNews
        .of(change)
        .ifPresent(news -> {
          news.account().ifPresent(id -> noteAccount(new Account(accountModel, id)));
          if (news.revokesKey()) {
            open.keySet().stream()
                .filter(Subscription::isOfMachine)
                .forEach(Subscription::callerHasChanged);
          }
          if (news.narrowsApplication()) {
            open.keySet().stream()
                .filter(Subscription::isThroughApplication)
                .forEach(Subscription::callerHasChanged);
          }
        });
  }

  private void noteAccount(Account account) {
    byAccount.getOrDefault(account, Set.of()).forEach(Subscription::callerHasChanged);
  }

  /// Ends all that are open; who comes back starts anew.
  void restart(Problem why) {
    lock.lock();
    try {
      open.keySet().forEach(subscription -> subscription.end(why));
      // what they keep is of no use for those who come next
      groups.clear();
    } finally {
      lock.unlock();
    }
  }

  /// Ends all that are open, and refuses further ones.
  void end(Problem why) {
    lock.lock();
    try {
      ended = why;
      open.keySet().forEach(subscription -> subscription.end(why));
    } finally {
      lock.unlock();
    }
  }
}
