/// The GraphQL face: every model as queries and mutations over the two lanes that REST takes.
///
/// In: operations over HTTP and WebSockets. Out: their data and errors. graphql-java parses and validates a document and answers
/// what it asks about the schema itself; an operation is then planned as a whole (`Planner`), so that the read lane
/// answers it from one snapshot with one query for each relation (`dev.varve.query`), and is written from what was
/// read (`Completion`). A subscription takes changes from the feed (`Listening`), and is such an operation once more for
/// each of them (`ChangeView`).
@NullMarked
package dev.varve.graphql;

import org.jspecify.annotations.NullMarked;
