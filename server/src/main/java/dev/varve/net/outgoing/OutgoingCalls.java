package dev.varve.net.outgoing;

import dev.varve.net.certificate.OutgoingTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.IDN;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Calls servers that others name. Each call has a connection of its own, to an address that was looked at before: a name that
/// leads elsewhere a moment later leads nobody in. Redirects are answers like others.
public final class OutgoingCalls {
  // each keeps a thread and a socket for some seconds; people are asked to come again before a
  // flood of them is in the way
  private static final int UNDER_WAY_MAX = 64;
  private static final int ADDRESSES_TRIED_MAX = 2;

  private final ReachableAddresses reachable;
  private final Lookup lookup;
  private final SSLContext tls;
  private final Duration time;
  private final Semaphore room = new Semaphore(UNDER_WAY_MAX);

  /// Finds the addresses of a host.
  @FunctionalInterface
  public interface Lookup {
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  private OutgoingCalls(
      ReachableAddresses reachable, Lookup lookup, SSLContext tls, Duration time) {
    this.reachable = reachable;
    this.lookup = lookup;
    this.tls = tls;
    this.time = time;
  }

  /// @throws dev.varve.settings.WrongSetting when its file cannot be used
  public static OutgoingCalls of(OutgoingSettings settings) {
    return of(settings, host -> List.of(InetAddress.getAllByName(host)));
  }

  /// The same, with addresses found otherwise.
  public static OutgoingCalls of(OutgoingSettings settings, Lookup lookup) {
    return new OutgoingCalls(
        new ReachableAddresses(settings.ranges()),
        lookup,
        OutgoingTls.context("outgoing", settings.ca(), "", ""),
        Duration.ofSeconds(settings.timeoutSeconds()));
  }

  /// Makes a call, on the thread that asks for it.
  ///
  /// @throws CallFailed when the server may not be called, or does not answer well and in time
  public Reply send(Call call) throws CallFailed {
    if (!room.tryAcquire()) {
      throw new CallFailed("too many other servers are being asked: try again in a moment");
    }
    try {
      return sent(call);
    } catch (IOException e) {
      throw new CallFailed(
          "it cannot be reached, or does not answer in time and as a server should", e);
    } finally {
      room.release();
    }
  }

  private Reply sent(Call call) throws CallFailed, IOException {
    URI uri = call.uri();
    String host = host(uri);
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    List<InetAddress> addresses = addresses(host, secure);
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
    Deadline deadline = Deadline.in(time);
    try (Socket socket = connected(addresses, port, deadline);
        Watch _ = Watch.over(socket, deadline)) {
      Socket wire = secure ? encrypted(socket, host, port, deadline) : socket;
      OutputStream out = wire.getOutputStream();
      out.write(head(call, host));
      out.write(call.body());
      out.flush();
      return new ReplyReader(wire, deadline, call.bodyBytesMax()).read();
    }
  }

  private static String host(URI uri) throws CallFailed {
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null) {
      throw new CallFailed("its URL names no host");
    }
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    try {
      return bare.indexOf(':') >= 0 ? bare : IDN.toASCII(bare).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw new CallFailed("its URL names no host", e);
    }
  }

  /// One address that may not be called is one too many: whoever names the host chooses which of them is taken.
  private List<InetAddress> addresses(String host, boolean secure) throws CallFailed {
    List<InetAddress> found;
    try {
      found = lookup.addresses(host);
    } catch (UnknownHostException e) {
      throw new CallFailed("its host is not known", e);
    }
    if (found.isEmpty() || !found.stream().allMatch(reachable::contains)) {
      throw new CallFailed(
          "its host is not one that everybody can reach, nor in a network of the setting outgoing.networks");
    }
    if (!secure && !found.stream().allMatch(reachable::isOwn)) {
      throw new CallFailed("its URL is not https");
    }
    return found;
  }

  private static Socket connected(List<InetAddress> addresses, int port, Deadline deadline)
      throws IOException {
    IOException last = new IOException("No address");
    for (InetAddress address :
        addresses.subList(0, Math.min(ADDRESSES_TRIED_MAX, addresses.size()))) {
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address, port), deadline.millisLeft());
        return socket;
      } catch (IOException e) {
        socket.close();
        last = e;
      }
    }
    throw last;
  }

  private Socket encrypted(Socket socket, String host, int port, Deadline deadline)
      throws IOException {
    SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, host, port, true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    secure.setSSLParameters(parameters);
    secure.setSoTimeout(deadline.millisLeft());
    secure.startHandshake();
    return secure;
  }

  private static byte[] head(Call call, String host) {
    URI uri = call.uri();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    StringBuilder head = new StringBuilder();
    head.append(call.method()).append(' ').append(path);
    if (uri.getRawQuery() != null) {
      head.append('?').append(uri.getRawQuery());
    }
    head.append(" HTTP/1.1\r\nHost: ").append(host.indexOf(':') >= 0 ? "[" + host + "]" : host);
    if (uri.getPort() >= 0) {
      head.append(':').append(uri.getPort());
    }
    head.append("\r\nUser-Agent: varve\r\nAccept-Encoding: identity\r\nConnection: close\r\n");
    call.headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (!call.method().equals("GET")) {
      head.append("Content-Length: ").append(call.body().length).append("\r\n");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    return bytes.toByteArray();
  }

  /// Ends a connection at its deadline, whatever it waits for: a server that sends a byte now and then keeps nobody.
  private record Watch(CountDownLatch done) implements AutoCloseable {
    static Watch over(Socket socket, Deadline deadline) {
      CountDownLatch done = new CountDownLatch(1);
      Thread.ofVirtual()
          .name("varve-outgoing-deadline")
          .start(() -> {
            try {
              if (!done.await(deadline.millisLeft(), TimeUnit.MILLISECONDS)) {
                socket.close();
              }
            } catch (InterruptedException | IOException over) {
              Thread.currentThread().interrupt();
            }
          });
      return new Watch(done);
    }

    @Override
    public void close() {
      done.countDown();
    }
  }

  /// When all has to be done.
  record Deadline(long nanos) {
    static Deadline in(Duration time) {
      return new Deadline(System.nanoTime() + time.toNanos());
    }

    /// @throws SocketTimeoutException when there are none
    int millisLeft() throws SocketTimeoutException {
      long millis = TimeUnit.NANOSECONDS.toMillis(nanos - System.nanoTime());
      if (millis <= 0) {
        throw new SocketTimeoutException("The time is over");
      }
      return (int) Math.min(millis, Integer.MAX_VALUE);
    }
  }
}
