package dev.varve.net.edge;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.admission.Deadlines;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.ShownCertificate;
import dev.varve.net.tls.RecordBuffers;
import dev.varve.net.tls.SecureChannel;
import dev.varve.telemetry.Counter;
import dev.varve.telemetry.Counters;
import dev.varve.telemetry.Metrics;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/// How a connection begins: with a handshake, or at once.
sealed interface Encryption {
  /// Whether the connection can be spoken on from here.
  boolean begin(MeteredConnection connection);

  /// Plain HTTP.
  record None() implements Encryption {
    @Override
    public boolean begin(MeteredConnection connection) {
      return true;
    }
  }

  /// TLS, with the certificate as it is at the moment. The client has as long for its handshake as for a request.
  ///
  /// @param engines makes one for a connection, over which these protocols are spoken
  record Tls(
      Certificates certificates,
      Function<List<String>, SSLEngine> engines,
      Deadlines deadlines,
      RecordBuffers buffers,
      Supplier<String> requestIds,
      Handshakes handshakes)
      implements Encryption {
    // the first byte of a record with a ClientHello (RFC 8446, section 5.1)
    private static final byte HANDSHAKE = 22;
    private static final List<String> PROTOCOLS = List.of(SecureChannel.HTTP2, SecureChannel.HTTP1);

    Tls(
        Certificates certificates,
        Deadlines deadlines,
        Supplier<String> requestIds,
        Counters handshakes) {
      this(
          certificates,
          certificates::engine,
          deadlines,
          new RecordBuffers(),
          requestIds,
          Handshakes.of(handshakes));
    }

    /// The same on the port on which clients are asked for certificates.
    Tls thatAsks() {
      return new Tls(
          certificates, certificates::engineThatAsks, deadlines, buffers, requestIds, handshakes);
    }

    /// Counts handshakes.
    private record Handshakes(Counter vouched, Counter unvouched, Counter without) {
      private static Handshakes of(Counters handshakes) {
        return new Handshakes(
            handshakes.of("shown"), handshakes.of("unvouched"), handshakes.of("none"));
      }

      private void count(Optional<ShownCertificate> shown) {
        Counter counter = shown.map(one -> one.vouched() ? vouched : unvouched).orElse(without);
        counter.add();
      }
    }

    /// Counts handshakes that came to a good end by whether the client showed a certificate.
    static Counters handshakes(Metrics metrics) {
      return metrics.counters(
          "varve_tls_handshakes",
          "Handshakes, by whether the client showed a certificate.",
          "client_certificate");
    }

    @Override
    public boolean begin(MeteredConnection connection) {
      Deadlines.Deadline deadline = deadlines.ofConnection(connection);
      try {
        return isTls(connection) && agree(connection);
      } finally {
        deadline.done();
      }
    }

    private boolean agree(MeteredConnection connection) {
      SecureChannel channel =
          new SecureChannel(
              engines.apply(PROTOCOLS), connection.uncounted(), connection.dataWriter(), buffers);
      if (!channel.handshake()) {
        return false;
      }
      if (certificates.isChallenge(channel.protocol())) {
        channel.end();
        return false;
      }
      Optional<ShownCertificate> shown = certificates.shown(channel.clientCertificates());
      handshakes.count(shown);
      connection.becomesSecure(channel, shown);
      return true;
    }

    private boolean isTls(MeteredConnection connection) {
      DataReader reader = connection.uncounted();
      try {
        reader.ensureAvailable();
      } catch (DataReader.InsufficientDataAvailableException e) {
        return false;
      }
      if (reader.lookup() == HANDSHAKE) {
        return true;
      }
      connection.dataWriter().writeNow(BufferData.create(plainHttpRefused()));
      return false;
    }

    /// For whoever wrote `http:` where `https:` belongs; any other protocol takes it for nonsense.
    private byte[] plainHttpRefused() {
      Problem problem =
          new Problem(
              ErrorCode.MALFORMED_REQUEST,
              "This port speaks HTTPS: write https:// before its address");
      Answer answer = ErrorAnswers.answer(400, problem, requestIds.get(), "");
      String head =
          "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
              .formatted(answer.body().length);
      byte[] start = head.getBytes(StandardCharsets.US_ASCII);
      byte[] all = new byte[start.length + answer.body().length];
      System.arraycopy(start, 0, all, 0, start.length);
      System.arraycopy(answer.body(), 0, all, start.length, answer.body().length);
      return all;
    }
  }
}
