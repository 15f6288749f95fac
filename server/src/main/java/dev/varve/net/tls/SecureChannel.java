package dev.varve.net.tls;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.webserver.CloseConnectionException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// TLS between the bytes of a connection and what its protocol reads and writes.
///
/// Helidon has a socket that does this. It looks the name of each client up in the DNS, and to close it takes the lock that
/// a blocked write holds, so that one client that reads nothing would stop whoever watches over all deadlines. Here the
/// socket below stays a plain one, which can be closed at any moment.
///
/// One thread reads; any thread writes.
public final class SecureChannel implements DataWriter {
  public static final String HTTP1 = "http/1.1";
  public static final String HTTP2 = "h2";

  /// What a record carries at most (RFC 8446, section 5.1).
  private static final int RECORD_BYTES_MAX = 16_384;

  /// By how much encryption may make it longer (RFC 5246, section 6.2.3).
  private static final int EXPANSION_BYTES_MAX = 2_048;

  // type, version and length of a record
  private static final int HEADER_BYTES = 5;
  private static final int LENGTH_AT = 3;

  // in a handshake a client sends three or four; afterwards hardly any
  private static final int RECORDS_WITHOUT_DATA_MAX = 64;
  private static final byte[] NOTHING = {};

  private final SSLEngine engine;
  private final DataReader in;
  private final DataWriter out;
  private final RecordBuffers buffers;
  private final ReentrantLock writing = new ReentrantLock();
  private ByteBuffer received = ByteBuffer.wrap(NOTHING);
  private boolean established;
  private int recordsWithoutData;

  public SecureChannel(SSLEngine engine, DataReader in, DataWriter out, RecordBuffers buffers) {
    this.engine = engine;
    this.in = in;
    this.out = out;
    this.buffers = buffers;
  }

  /// Agrees on keys with the client.
  ///
  /// @return whether it is still there
  /// @throws CloseConnectionException when there is nothing to agree on
  public boolean handshake() {
    try {
      engine.beginHandshake();
      while (!established) {
        if (step() == null) {
          return false;
        }
      }
      return true;
    } catch (SSLException e) {
      throw refused(e);
    }
  }

  /// The protocol that was agreed upon; empty when the client named none.
  public String protocol() {
    return engine.getApplicationProtocol();
  }

  /// The certificate that the client showed, followed by those that it sent to vouch for it; none when it showed none.
  public List<X509Certificate> clientCertificates() {
    if (!engine.getWantClientAuth() && !engine.getNeedClientAuth()) {
      return List.of();
    }
    try {
      return Stream.of(engine.getSession().getPeerCertificates())
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException _) {
      return List.of();
    }
  }

  /// The next bytes, decrypted; null at the end.
  public byte @Nullable [] read() {
    try {
      byte[] data = step();
      while (data != null && data.length == 0) {
        data = step();
      }
      return data;
    } catch (SSLException e) {
      throw refused(e);
    }
  }

  /// Goes on by what has to be done next.
  ///
  /// @return what the client said; nothing when it was not for us; null at the end
  private byte @Nullable [] step() throws SSLException {
    HandshakeStatus status = engine.getHandshakeStatus();
    return switch (status) {
      case NEED_TASK -> runTasks();
      case NEED_WRAP -> sendHandshake();
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> receive();
    };
  }

  private byte[] runTasks() throws SSLException {
    if (established && engine.getSession().getProtocol().equals("TLSv1.2")) {
      // nobody needs it, it costs the server more than the client, and HTTP/2 forbids it (RFC 9113,
      // section 9.2.1)
      throw new SSLException("the client wants to renegotiate");
    }
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
    return NOTHING;
  }

  private byte @Nullable [] sendHandshake() throws SSLException {
    writing.lock();
    try {
      while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        SSLEngineResult result = wrap(ByteBuffer.wrap(NOTHING));
        establishedBy(result);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
          return null;
        }
      }
      return NOTHING;
    } finally {
      writing.unlock();
    }
  }

  private byte @Nullable [] receive() throws SSLException {
    if (!hasRecord()) {
      return receiveMore() ? NOTHING : null;
    }
    // as much as the record that has come can hold, so that a connection keeps no buffer while it
    // waits
    ByteBuffer into = ByteBuffer.allocate(recordBytes());
    SSLEngineResult result = engine.unwrap(received, into);
    if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
      into = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
      result = engine.unwrap(received, into);
    }
    establishedBy(result);
    return switch (result.getStatus()) {
      case OK -> taken(into);
      case BUFFER_UNDERFLOW -> receiveMore() ? NOTHING : null;
      case CLOSED -> null;
      case BUFFER_OVERFLOW -> throw new SSLException("a record is larger than it may be");
    };
  }

  /// Whether a record has come whole. Asked without, the engine wants room for the largest one.
  private boolean hasRecord() {
    return received.remaining() >= HEADER_BYTES && received.remaining() >= recordBytes();
  }

  private int recordBytes() {
    int length = Short.toUnsignedInt(received.getShort(received.position() + LENGTH_AT));
    return HEADER_BYTES + Math.min(length, RECORD_BYTES_MAX + EXPANSION_BYTES_MAX);
  }

  private byte[] taken(ByteBuffer into) throws SSLException {
    if (into.position() == 0) {
      recordsWithoutData++;
      if (established && recordsWithoutData > RECORDS_WITHOUT_DATA_MAX) {
        throw new SSLException("the client sends records with nothing in them");
      }
      return NOTHING;
    }
    recordsWithoutData = 0;
    byte[] data = new byte[into.position()];
    into.flip().get(data);
    return data;
  }

  /// @return whether there was more
  private boolean receiveMore() {
    byte[] more;
    try {
      more = in.readBuffer().readBytes();
    } catch (DataReader.InsufficientDataAvailableException e) {
      return false;
    }
    if (received.hasRemaining()) {
      byte[] both = new byte[received.remaining() + more.length];
      int left = received.remaining();
      received.get(both, 0, left);
      System.arraycopy(more, 0, both, left, more.length);
      more = both;
    }
    received = ByteBuffer.wrap(more);
    return true;
  }

  private void establishedBy(SSLEngineResult result) {
    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
      established = true;
    }
  }

  private CloseConnectionException refused(SSLException e) {
    sayWhy();
    return new CloseConnectionException("TLS: " + e.getMessage(), e);
  }

  /// Sends the alert that the engine has ready, so that the client's message says more than that it was closed.
  private void sayWhy() {
    try {
      sendHandshake();
    } catch (SSLException | RuntimeException e) {
      // the client has gone, or the engine has nothing to say: it is closed in any case
    }
  }

  @Override
  public void write(BufferData... data) {
    writeNow(BufferData.create(data));
  }

  @Override
  public void write(BufferData data) {
    writeNow(data);
  }

  @Override
  public void writeNow(BufferData... data) {
    writeNow(BufferData.create(data));
  }

  @Override
  public void writeNow(BufferData data) {
    byte[] plain = buffers.take();
    writing.lock();
    try {
      while (!data.consumed()) {
        ByteBuffer next = ByteBuffer.wrap(plain, 0, RECORD_BYTES_MAX);
        data.writeTo(next, Math.min(data.available(), RECORD_BYTES_MAX));
        next.flip();
        while (next.hasRemaining()) {
          if (wrap(next).getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new CloseConnectionException("TLS: the client has closed the connection");
          }
        }
      }
    } catch (SSLException e) {
      throw new CloseConnectionException("TLS: " + e.getMessage(), e);
    } finally {
      writing.unlock();
      buffers.giveBack(plain);
    }
  }

  /// Encrypts one record and sends it.
  private SSLEngineResult wrap(ByteBuffer plain) throws SSLException {
    byte[] sealed = buffers.take();
    try {
      ByteBuffer into = ByteBuffer.wrap(sealed);
      SSLEngineResult result = engine.wrap(plain, into);
      if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
        throw new SSLException("a record is larger than it may be");
      }
      if (into.position() > 0) {
        out.writeNow(BufferData.create(sealed, 0, into.position()));
      }
      return result;
    } finally {
      buffers.giveBack(sealed);
    }
  }

  /// Says that nothing more will come, so that the client can tell the end from a cut (RFC 8446, section 6.1); not while
  /// something is being sent that the client does not take.
  public void end() {
    if (!writing.tryLock()) {
      return;
    }
    try {
      engine.closeOutbound();
      while (!engine.isOutboundDone()
          && wrap(ByteBuffer.wrap(NOTHING)).getStatus() != SSLEngineResult.Status.CLOSED) {
        // one record at a time
      }
    } catch (SSLException | RuntimeException e) {
      // the client was faster and has closed it
    } finally {
      writing.unlock();
    }
  }
}
