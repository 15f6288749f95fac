package dev.varve.lane.query;

import dev.varve.kernel.Folding;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.access.Selection.Expansion;
import dev.varve.lane.expression.ExpressionException;
import dev.varve.lane.expression.Expressions;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Vocabulary;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A read, put together as tests need it.
final class Question {
  private final Backend backend;
  private final Model model;
  private Moment moment = Moment.NOW;
  private Optional<Predicate> filter = Optional.empty();
  private List<Read.Sort> sort = List.of();
  private int limit = 30;
  private Optional<Read.Key> after = Optional.empty();
  private boolean count;
  private Optional<Set<Field>> fields = Optional.empty();
  private List<String> expand = List.of();
  private Caller caller = Caller.ANONYMOUS;

  Question(Backend backend, Model model) {
    this.backend = backend;
    this.model = model;
  }

  Question asOf(long position) {
    moment = new Moment.AtPosition(position);
    return this;
  }

  Question asOf(Instant instant) {
    moment = new Moment.AtInstant(instant);
    return this;
  }

  Question filter(String expression) {
    try {
      filter =
          Optional.of(Expressions.compile(backend.schema(), model, expression, Vocabulary.FILTER));
    } catch (ExpressionException e) {
      throw new AssertionError(expression + ": " + e.text(), e);
    }
    return this;
  }

  /// @param names with `-` for descending
  Question sort(String... names) {
    sort =
        Arrays.stream(names)
            .map(name -> new Read.Sort(field(name.replaceFirst("^-", "")), name.startsWith("-")))
            .toList();
    return this;
  }

  /// The same, of texts in another spelling.
  Question sort(Folding folding, String... names) {
    sort(names);
    sort = sort.stream().map(by -> new Read.Sort(by.field(), by.descending(), folding)).toList();
    return this;
  }

  private Field field(String name) {
    return model.field(name).orElseThrow();
  }

  Question limit(int limit) {
    this.limit = limit;
    return this;
  }

  Question after(Optional<Read.Key> key) {
    after = key;
    return this;
  }

  Question counted() {
    count = true;
    return this;
  }

  Question fields(String... names) {
    fields = Optional.of(Arrays.stream(names).map(this::field).collect(Collectors.toSet()));
    return this;
  }

  /// @param paths such as `lines.track`
  Question expand(String... paths) {
    expand = List.of(paths);
    return this;
  }

  Question asOperator() {
    caller = Caller.operator("test");
    return this;
  }

  /// By somebody who has signed in.
  Question by(String accountId, Set<String> roles) {
    Model account = backend.schema().account();
    @Nullable Object[] values = new Object[account.fields().size()];
    values[0] = accountId;
    values[account.version().ordinal()] = 1L;
    caller = Caller.account(new Entity(account, values), roles, "session");
    return this;
  }

  Page list() {
    return backend.query().list(page());
  }

  Optional<Long> listTag() {
    return backend.query().listTag(page()).map(ListTag::position);
  }

  Authorized<Read.Page> page() {
    return backend
        .access()
        .authorize(
            caller, new Read.Page(model, moment, selection(), filter, sort, limit, after, count));
  }

  Optional<FoundRecord> one(String id) {
    return backend
        .query()
        .one(backend.access().authorize(caller, new Read.One(model, id, moment, selection())));
  }

  /// The ids of all pages, one after the other.
  List<String> idsOfAllPages() {
    List<String> ids = new ArrayList<>();
    Optional<Read.Key> place = Optional.empty();
    do {
      Page page = after(place).list();
      ids.addAll(ids(page.items()));
      place = page.next();
    } while (place.isPresent());
    return ids;
  }

  List<String> ids() {
    return ids(list().items());
  }

  static List<String> ids(List<Item> items) {
    return items.stream().map(item -> item.entity().id()).toList();
  }

  private Selection selection() {
    return new Selection(fields, expansions(model, expand));
  }

  private List<Expansion> expansions(Model of, List<String> paths) {
    Map<String, List<String>> below = new LinkedHashMap<>();
    for (String path : paths) {
      int dot = path.indexOf('.');
      List<String> rest =
          below.computeIfAbsent(dot < 0 ? path : path.substring(0, dot), _ -> new ArrayList<>());
      if (dot >= 0) {
        rest.add(path.substring(dot + 1));
      }
    }
    return below.entrySet().stream()
        .map(entry -> expansion(of, entry.getKey(), entry.getValue()))
        .toList();
  }

  private Expansion expansion(Model of, String name, List<String> rest) {
    Optional<HasMany> many = of.hasMany(name);
    if (many.isPresent()) {
      Model target = backend.model(many.get().target());
      Field by = target.field(many.get().by()).orElseThrow();
      return new Selection.ToMany(
          many.get(), target, by, new Selection(Optional.empty(), expansions(target, rest)));
    }
    Field field = of.field(name).orElseThrow();
    Model target = backend.model(field.relation().orElseThrow().target());
    return new Selection.ToOne(
        field, target, new Selection(Optional.empty(), expansions(target, rest)));
  }
}
