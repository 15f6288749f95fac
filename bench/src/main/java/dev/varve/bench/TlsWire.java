package dev.varve.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// TLS 1.3 with whoever is there, since that is a server of our own.
final class TlsWire implements Wire {
  private static final SSLContext CONTEXT = context();

  private final SocketChannel channel;
  private final SSLEngine engine = CONTEXT.createSSLEngine();
  private final ByteBuffer out;
  private final ByteBuffer in;

  private TlsWire(SocketChannel channel) {
    this.channel = channel;
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    engine.setSSLParameters(parameters);
    this.out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    this.in = ByteBuffer.allocate(4 * engine.getSession().getPacketBufferSize());
    in.flip();
  }

  /// Agrees on keys.
  ///
  /// @param channel which blocks, as yet
  static TlsWire begin(SocketChannel channel) throws IOException {
    TlsWire wire = new TlsWire(channel);
    wire.handshake();
    return wire;
  }

  private static SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Everybody()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Everybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      throw new UnsupportedOperationException("This is a client");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      // what is measured costs the same
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private void handshake() throws IOException {
    ByteBuffer nothing = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    engine.beginHandshake();
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
      switch (status) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> write(ByteBuffer.allocate(0));
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (engine.unwrap(in, nothing).getStatus() == Status.BUFFER_UNDERFLOW) {
            receive();
          }
        }
        case NOT_HANDSHAKING, FINISHED -> throw new IllegalStateException("It is done");
      }
      status = engine.getHandshakeStatus();
    }
  }

  private int receive() throws IOException {
    in.compact();
    int read = channel.read(in);
    in.flip();
    return read;
  }

  @Override
  public void write(ByteBuffer request) throws IOException {
    do {
      out.clear();
      engine.wrap(request, out);
      out.flip();
      while (out.hasRemaining()) {
        channel.write(out);
      }
    } while (request.hasRemaining());
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int before = into.position();
    int read = receive();
    while (engine.unwrap(in, into).getStatus() == Status.OK && in.hasRemaining()) {
      // one record after the other
    }
    return read < 0 ? read : into.position() - before;
  }
}
