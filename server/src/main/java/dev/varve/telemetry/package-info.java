/// What a running server tells those who run it: [Metrics] for a scraper, [Traces] for a collector, an [AccessLog] line for
/// each request. [Telemetry] holds all three; what is switched off costs nothing. Lines of the log name the request that they
/// were written for ([CurrentRequest]).
///
/// In: what the stages count and time, each in its own words. Out: the text of `/metrics`, spans over OTLP, lines of JSON.
@NullMarked
package dev.varve.telemetry;

import org.jspecify.annotations.NullMarked;
