package dev.varve.identity.account;

import dev.varve.lane.access.Access;
import dev.varve.lane.query.Query;
import dev.varve.lane.write.Sequencer;
import dev.varve.schema.Schema;
import dev.varve.store.sql.Database;
import java.time.Clock;
import java.util.function.Supplier;

/// What accounts are built on, one set for each schema that is served: all of it is made anew when the schema changes.
///
/// @param schema whose model of accounts they are
/// @param access authorises what flows do in the name of an account
/// @param query reads accounts as their callers see them
/// @param sequencer writes accounts, sessions, keys and attempts, each flow as one unit
/// @param database reads tables of Varve's own that no model has
/// @param ids makes the ids of accounts and sessions
/// @param events writes what happened to an account, in the same unit
/// @param sessions says whether one is open
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
