package dev.varve.store.sql.postgresql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A way to a server on this machine, which passes on what comes until a test has it cut, or fall silent.
///
/// ```
/// try (FragileWay way = FragileWay.to(port)) {
///   way.cutBehind("COMMIT");   // the server gets it, and its answer is lost
/// }
/// ```
final class FragileWay implements AutoCloseable {
  private final ServerSocket socket;
  private volatile int target;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();
  private volatile boolean shut;

  /// What is waited for.
  ///
  /// @param text in what a client sends
  /// @param passedOn whether the server gets it
  /// @param shuts whether nobody comes through any more
  private record Trap(String text, boolean passedOn, boolean shuts) {}

  private FragileWay(ServerSocket socket, int target) {
    this.socket = socket;
    this.target = target;
  }

  static FragileWay to(int port) {
    try {
      FragileWay way =
          new FragileWay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
      Thread.ofVirtual().start(way::accept);
      return way;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  /// The connection over which a client sends that text next is cut, and the server does not get it.
  void cutBefore(String text) {
    trap.set(new Trap(text, false, false));
  }

  /// The server gets that text, and as soon as it answers the connection is cut.
  void cutBehind(String text) {
    trap.set(new Trap(text, true, false));
  }

  /// The same, and from then on nobody comes through.
  void shutBehind(String text) {
    trap.set(new Trap(text, true, true));
  }

  /// From now on the connections that there are stay, and nothing comes through them. New ones are not like this.
  void silence() {
    links.forEach(link -> link.silent = true);
  }

  /// Ends all connections, and lets no new ones through.
  void shut() {
    shut = true;
    links.forEach(Link::cut);
  }

  void open() {
    shut = false;
  }

  /// From now on it leads to another server, and nobody is left at the one before.
  void leadTo(int port) {
    target = port;
    links.forEach(Link::cut);
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        if (shut) {
          client.close();
          continue;
        }
        Link link = new Link(client, toTarget(client));
        links.add(link);
        Thread.ofVirtual().start(link::toServer);
        Thread.ofVirtual().start(link::toClient);
      } catch (IOException e) {
        // the test is over, or the server is gone
      }
    }
  }

  /// Nobody waits for a server that is not there.
  private Socket toTarget(Socket client) throws IOException {
    try {
      return new Socket(InetAddress.getLoopbackAddress(), target);
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  private final class Link {
    private final Socket client;
    private final Socket server;
    private volatile boolean silent;
    // what comes from the server next is the answer to what was waited for
    private volatile @Nullable Trap sprung;

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    private void toServer() {
      pass(
          client,
          server,
          piece -> {
            Trap next = trap.get();
            if (next == null || !piece.contains(next.text()) || !trap.compareAndSet(next, null)) {
              return true;
            }
            if (next.passedOn()) {
              sprung = next;
            }
            return next.passedOn();
          });
    }

    private void toClient() {
      pass(
          server,
          client,
          _ -> {
            Trap before = sprung;
            shut |= before != null && before.shuts();
            return before == null;
          });
    }

    @FunctionalInterface
    private interface Judge {
      boolean passes(String piece);
    }

    private void pass(Socket from, Socket to, Judge judge) {
      byte[] bytes = new byte[65_536];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
          if (silent) {
            continue;
          }
          if (!judge.passes(new String(Arrays.copyOf(bytes, n), StandardCharsets.ISO_8859_1))) {
            break;
          }
          out.write(bytes, 0, n);
        }
      } catch (IOException e) {
        // cut at one end, and so at the other
      }
      if (!silent) {
        cut();
      }
    }

    private void cut() {
      links.remove(this);
      for (Socket end : new Socket[] {client, server}) {
        try {
          end.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    links.forEach(Link::cut);
  }
}
