package dev.varve.identity.mail;

import dev.varve.kernel.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// A mail server (SMTP) that does as it is told: it can be away, refuse mailboxes, and take a mail without saying so.
public final class ScriptedMailServer implements AutoCloseable {
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger recipientCode = new AtomicInteger(250);
  private final AtomicBoolean silent = new AtomicBoolean();
  private final int port;
  private volatile ServerSocket listening;

  /// A mail that came, as often as it came.
  public record Received(String to, List<String> lines) {
    /// The value of a header.
    public String header(String name) {
      return lines.stream()
          .filter(line ->
              line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }

    public String text() {
      return String.join("\n", lines);
    }
  }

  /// One that is there, on a free port.
  public ScriptedMailServer() {
    this.listening = listen(0);
    this.port = listening.getLocalPort();
  }

  private ServerSocket listen(int at) {
    try {
      ServerSocket socket = new ServerSocket(at, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(() -> accept(socket));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How Varve is told of it.
  public MailSettings settings() {
    return new MailSettings("127.0.0.1", port, "", "Shop <shop@example.com>", MailEncryption.NONE);
  }

  public int port() {
    return port;
  }

  /// Nobody can connect any more, and whoever has is cut off.
  public void leave() {
    close(listening);
    open.forEach(ScriptedMailServer::close);
  }

  public void comeBack() {
    listening = listen(port);
  }

  /// What it answers to whom a mail is for.
  public void answerRecipients(int code) {
    recipientCode.set(code);
  }

  /// Whether it takes mails without saying so.
  public void beSilent(boolean yes) {
    silent.set(yes);
  }

  public List<Received> received() {
    return List.copyOf(received);
  }

  public List<Received> receivedBy(String to) {
    return received.stream().filter(mail -> mail.to().equals(to)).toList();
  }

  /// Waits for the first mail to an address.
  public Received awaitFor(String to) {
    Patience.until("a mail to " + to, () -> !receivedBy(to).isEmpty());
    return receivedBy(to).getFirst();
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        open.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        return; // it has left
      }
    }
  }

  private void serve(Socket connection) {
    try (connection;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      OutputStream out = connection.getOutputStream();
      say(out, "220 here");
      String to = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String command = line.toUpperCase(Locale.ROOT);
        if (command.startsWith("RCPT TO:")) {
          to = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
          int code = recipientCode.get();
          say(out, code == 250 ? "250 ok" : "%d <%s> is not taken".formatted(code, to));
        } else if (command.equals("DATA")) {
          say(out, "354 go on");
          received.add(new Received(to, data(in)));
          if (silent.get()) {
            Patience.until("it may speak", () -> !silent.get() || connection.isClosed());
          }
          say(out, "250 taken");
        } else if (command.equals("QUIT")) {
          say(out, "221 bye");
          return;
        } else {
          say(out, "250 ok");
        }
      }
    } catch (IOException e) {
      // whoever sent has gone, or this has
    } finally {
      open.remove(connection);
    }
  }

  private static List<String> data(BufferedReader in) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
      lines.add(line);
    }
    return lines;
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    silent.set(false);
    leave();
  }
}
