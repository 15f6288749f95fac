package dev.varve.face.rest;

import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.Cursor;
import dev.varve.lane.query.FoundRecord;
import dev.varve.lane.query.ListAnswer;
import dev.varve.lane.query.ListTag;
import dev.varve.lane.query.Page;
import dev.varve.lane.query.Query;
import dev.varve.net.http.Answer;
import dev.varve.net.http.EntityTags;
import dev.varve.net.http.Request;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.List;
import java.util.Optional;

/// Answers the requests that read one record or a list.
final class RecordReads {
  private static final String ETAG = "ETag";

  private final Schema schema;
  private final int schemaVersion;
  private final Access access;
  private final Query query;
  private final ItemWriter items;
  private final PageWriter pages;

  RecordReads(Schema schema, int schemaVersion, Access access, Query query) {
    this.schema = schema;
    this.schemaVersion = schemaVersion;
    this.access = access;
    this.query = query;
    this.items = new ItemWriter(schema);
    this.pages = new PageWriter(items);
  }

  Answer one(Model model, Request request) {
    String id = Rest.id(model, request);
    Read.One read = SingleParameters.read(schema, model, id, request.query().all());
    Authorized<Read.One> authorized = access.authorize(request.caller(), read);
    if (!read.selection().expansions().isEmpty()) {
      return expanded(authorized, request);
    }
    FoundRecord found = find(authorized);
    String tag =
        RecordTag.of(
            query.epochs().current(),
            found.item().entity().version(),
            authorized.fieldsMark(model));
    Answer answer =
        matches(request, tag)
            ? Answer.notModified(tag)
            : Answer.json(200, bytes(found)).with(ETAG, tag);
    return seenBy(authorized, at(answer, found.position()));
  }

  private Answer expanded(Authorized<Read.One> authorized, Request request) {
    Read.One read = authorized.request();
    // what is expanded may change while the version stays
    Optional<ListTag> changed = changed(list(read), request);
    Optional<String> tag = changed.map(this::text);
    if (tag.isPresent() && matches(request, tag.get()) && isThere(read, request)) {
      return seenBy(
          authorized, at(Answer.notModified(tag.get()), changed.orElseThrow().position()));
    }
    FoundRecord found = find(authorized);
    Answer answer = Answer.json(200, bytes(found));
    return seenBy(
        authorized, at(tag.isPresent() ? answer.with(ETAG, tag.get()) : answer, found.position()));
  }

  /// What differs by who asks is not to be kept for others.
  private Answer seenBy(Authorized<? extends Read> read, Answer answer) {
    return seenBy(query, read, answer);
  }

  static Answer seenBy(Query query, Authorized<? extends Read> read, Answer answer) {
    return query.differs(read) ? varies(answer) : answer;
  }

  private static Answer varies(Answer answer) {
    return answer.with("Vary", "Authorization, Cookie");
  }

  /// A list that changes whenever the answer to `read` does.
  private static Read.Page list(Read.One read) {
    return new Read.Page(
        read.model(),
        read.moment(),
        read.selection(),
        Optional.empty(),
        List.of(),
        1,
        Optional.empty(),
        false);
  }

  private boolean isThere(Read.One read, Request request) {
    Read.One plain = new Read.One(read.model(), read.id(), read.moment(), Selection.ALL);
    return query.one(access.authorize(request.caller(), plain)).isPresent();
  }

  private FoundRecord find(Authorized<Read.One> authorized) {
    Read.One read = authorized.request();
    return query.one(authorized).orElseThrow(() -> missing(read.model(), read.id(), read.moment()));
  }

  static Problem missing(Model model, String id, Moment moment) {
    String then =
        switch (moment) {
          case Moment.Now _ -> "";
          case Moment.AtInstant(var instant) -> " as of " + Rfc3339.text(instant);
          case Moment.AtPosition at -> " as of position " + at.place().text();
        };
    return Problem.notFound("No %s has the id '%s'%s".formatted(model.name(), id, then));
  }

  private byte[] bytes(FoundRecord found) {
    return found
        .rendered()
        .orElseGet(() -> Json.bytes(generator -> items.write(generator, found.item())));
  }

  Answer list(Model model, Request request) {
    Read.Page read = ListParameters.read(schema, model, request.query().all());
    Authorized<Read.Page> authorized = access.authorize(request.caller(), read);
    ListAnswer answer = query.list(authorized, tag -> matches(request, text(tag)));
    Answer given =
        switch (answer) {
          case ListAnswer.Unchanged(ListTag tag, boolean _) ->
              at(Answer.notModified(text(tag)), tag.position());
          case ListAnswer.Changed(Page page, Optional<ListTag> tag, boolean _) ->
              page(read, page, tag, request);
        };
    return answer.differs() ? varies(given) : given;
  }

  private Answer page(Read.Page read, Page page, Optional<ListTag> tag, Request request) {
    Optional<String> next = page.next().map(key -> Cursor.text(read.model(), read.sort(), key));
    Answer answer = Answer.json(200, pages.bytes(page, next));
    if (next.isPresent()) {
      answer = answer.with(NextLink.NAME, NextLink.of(request, next.get()));
    }
    return at(tag.isPresent() ? answer.with(ETAG, text(tag.get())) : answer, page.position());
  }

  private Optional<ListTag> changed(Read.Page read, Request request) {
    Authorized<Read.Page> authorized = access.authorize(request.caller(), read);
    return query.listTag(authorized);
  }

  /// Weak: two answers with one tag hold the same, but need not be the same bytes.
  private String text(ListTag tag) {
    String mark = tag.mark().isEmpty() ? "" : "-" + tag.mark();
    return "W/\"" + query.epochs().text(tag.position()) + "." + schemaVersion + mark + "\"";
  }

  private static boolean matches(Request request, String tag) {
    Optional<EntityTags> ifNoneMatch = request.ifNoneMatch();
    return ifNoneMatch.isPresent() && ifNoneMatch.get().matchWeakly(tag);
  }

  private Answer at(Answer answer, long position) {
    return at(query, answer, position);
  }

  static Answer at(Query query, Answer answer, long position) {
    return answer.with(Rest.POSITION, query.epochs().text(position));
  }
}
