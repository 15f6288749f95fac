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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A way to a server on this machine, which passes on what comes until a test has it cut, or fall silent.
///
/// ```
/// try (FragileWay way = FragileWay.to(port)) {
///   way.cutBehind("COMMIT");   // the server gets it, and its answer is lost
/// }
/// ```
public final class FragileWay implements AutoCloseable {
  private final ServerSocket socket;
  private volatile int target;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();
  // who comes through although it is shut
  private final AtomicInteger left = new AtomicInteger();
  private volatile boolean shut;

  /// What is waited for.
  ///
  /// @param text in what a client sends
  /// @param meanwhile gets the port that the server sees the client at, before the server gets the text
  /// @param passedOn whether the server gets it
  /// @param cuts whether its answer is lost
  /// @param shuts whether nobody comes through any more
  private record Trap(
      String text, IntConsumer meanwhile, boolean passedOn, boolean cuts, boolean shuts) {}

  private FragileWay(ServerSocket socket, int target) {
    this.socket = socket;
    this.target = target;
  }

  public static FragileWay to(int port) {
    try {
      FragileWay way =
          new FragileWay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
      Thread.ofVirtual().start(way::accept);
      return way;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  /// The connection over which a client sends that text next is cut, and the server does not get it.
  public void cutBefore(String text) {
    trap.set(new Trap(text, _ -> {}, false, false, false));
  }

  /// The server gets that text, and as soon as it answers the connection is cut.
  public void cutBehind(String text) {
    trap.set(new Trap(text, _ -> {}, true, true, false));
  }

  /// The same, and from then on nobody comes through.
  public void shutBehind(String text) {
    narrowBehind(text, 0);
  }

  /// The same, and from then on no more than so many come through.
  public void narrowBehind(String text, int more) {
    left.set(more);
    trap.set(new Trap(text, _ -> {}, true, true, true));
  }

  /// Something is done when a client sends that text next, before the server gets it.
  ///
  /// @param meanwhile gets the port that the server sees the client at
  public void when(String text, IntConsumer meanwhile) {
    trap.set(new Trap(text, meanwhile, true, false, false));
  }

  /// Whether what is waited for has not come yet.
  public boolean isArmed() {
    return trap.get() != null;
  }

  /// Waits for nothing any more.
  public void disarm() {
    trap.set(null);
  }

  /// From now on the connections that there are stay, and nothing comes through them. New ones are not like this.
  public void silence() {
    links.forEach(link -> link.silent = true);
  }

  /// Ends all connections, and lets no new ones through.
  public void shut() {
    left.set(0);
    shut = true;
    links.forEach(Link::cut);
  }

  public void open() {
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
        if (shut && left.getAndDecrement() <= 0) {
          client.close();
          continue;
        }
        connect(client);
      } catch (IOException e) {
        // the test is over, or the server is gone
      }
    }
  }

  private void connect(Socket client) throws IOException {
    try {
      Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
      links.add(link);
      Thread.ofVirtual().start(link::toServer);
      Thread.ofVirtual().start(link::toClient);
    } catch (IOException e) {
      // who comes while the server is away sees it at once
      client.close();
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
            next.meanwhile().accept(server.getLocalPort());
            if (next.cuts()) {
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
