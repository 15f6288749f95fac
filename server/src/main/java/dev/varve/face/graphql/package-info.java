/// The GraphQL face: every model as queries, mutations and subscriptions over the two lanes that REST takes.
///
/// In: operations over HTTP ([GraphQl]), server-sent events ([GraphQlEventStream]) and WebSockets ([GraphQlSocket]). Out:
/// their data and errors. Three rooms lie inside: `type` makes the GraphQL schema, `document` parses a document and holds
/// it against the rules and limits, `operation` carries it out.
@NullMarked
package dev.varve.face.graphql;

import org.jspecify.annotations.NullMarked;
