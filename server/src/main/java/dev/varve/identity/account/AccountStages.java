package dev.varve.identity.account;

import dev.varve.lane.access.Access;
import dev.varve.lane.query.Query;
import dev.varve.lane.write.Sequencer;
import dev.varve.schema.Schema;
import dev.varve.store.sql.Database;
import java.time.Clock;
import java.util.function.Supplier;

/// What accounts are built on, one set for each schema that is served.
public record AccountStages(
    Schema schema,
    Access access,
    Query query,
    Sequencer sequencer,
    Database database,
    Clock clock,
    Supplier<String> ids,
    SecurityEvents events,
    Sessions sessions) {}
