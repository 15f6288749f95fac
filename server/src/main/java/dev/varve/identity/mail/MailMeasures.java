package dev.varve.identity.mail;

import dev.varve.telemetry.Counter;
import dev.varve.telemetry.Counters;
import dev.varve.telemetry.Metrics;

/// What becomes of mails.
///
/// @param sent that the mail server has taken
/// @param putOff that it has not taken, and may next time
/// @param givenUp that it refused, or did not take in many tries
/// @param expired that were of no use any more before they could be sent
/// @param dropped for which there was no room
record MailMeasures(
    Counter sent, Counter putOff, Counter givenUp, Counter expired, Counter dropped) {
  static MailMeasures of(Metrics metrics) {
    Counters mails = metrics.counters("varve_mails", "What became of mails.", "result");
    return new MailMeasures(
        mails.of("sent"),
        mails.of("put_off"),
        mails.of("given_up"),
        mails.of("expired"),
        mails.of("dropped"));
  }
}
