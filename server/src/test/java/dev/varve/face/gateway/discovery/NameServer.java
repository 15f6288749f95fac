package dev.varve.face.gateway.discovery;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A name server on this machine, over UDP and TCP, that says what the test tells it to.
///
/// ```
/// server.says("_http._tcp.shipping.test. 1 SRV 0 1 8080 one.test.", "one.test. 1 A 127.0.0.1");
/// ```
public final class NameServer implements AutoCloseable {
  private static final int UDP_BYTES_MAX = 1_232;

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile List<Record> records = List.of();
  private volatile int rcode = Rcode.NOERROR;

  private NameServer(DatagramSocket udp, ServerSocket tcp) {
    this.udp = udp;
    this.tcp = tcp;
  }

  public static NameServer start() {
    InetAddress here = InetAddress.getLoopbackAddress();
    // a port that is free for the one may be taken for the other
    for (int i = 0; i < 20; i++) {
      try {
        ServerSocket tcp = new ServerSocket(0, 50, here);
        try {
          NameServer server =
              new NameServer(
                  new DatagramSocket(new InetSocketAddress(here, tcp.getLocalPort())), tcp);
          Thread.ofVirtual().start(server::answerDatagrams);
          Thread.ofVirtual().start(server::answerConnections);
          return server;
        } catch (IOException taken) {
          tcp.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("No port is free for both UDP and TCP");
  }

  /// What it knows from now on, as `name ttl type data`.
  public void says(String... lines) {
    records = Stream.of(lines).map(NameServer::record).toList();
    rcode = Rcode.NOERROR;
  }

  /// It has no answers from now on.
  public void fails() {
    rcode = Rcode.SERVFAIL;
  }

  private static Record record(String line) {
    String[] parts = line.split(" +", 4);
    try {
      return Record.fromString(
          Name.fromString(parts[0]),
          Type.value(parts[2]),
          DClass.IN,
          Long.parseLong(parts[1]),
          parts[3],
          Name.root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How many questions it had.
  public int asked() {
    return asked.get();
  }

  /// As `servers` of a service has it.
  public String address() {
    return "127.0.0.1:" + tcp.getLocalPort();
  }

  private void answerDatagrams() {
    byte[] buffer = new byte[UDP_BYTES_MAX];
    while (!udp.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        byte[] answer =
            answer(Arrays.copyOf(packet.getData(), packet.getLength())).toWire(UDP_BYTES_MAX);
        udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void answerConnections() {
    while (!tcp.isClosed()) {
      try (Socket socket = tcp.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] question = in.readNBytes(in.readUnsignedShort());
        byte[] answer = answer(question).toWire(Message.MAXLENGTH);
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeShort(answer.length);
        out.write(answer);
        out.flush();
        in.read();
      } catch (IOException closed) {
        // the next one may come
      }
    }
  }

  private Message answer(byte[] bytes) throws IOException {
    asked.incrementAndGet();
    Message question = new Message(bytes);
    Record asks = Objects.requireNonNull(question.getQuestion());
    Message answer = new Message(question.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RA);
    answer.addRecord(asks, Section.QUESTION);
    boolean known = records.stream().anyMatch(each -> each.getName().equals(asks.getName()));
    answer.getHeader().setRcode(known || rcode != Rcode.NOERROR ? rcode : Rcode.NXDOMAIN);
    if (rcode == Rcode.NOERROR) {
      records.stream()
          .filter(each -> each.getName().equals(asks.getName()))
          .filter(each -> each.getType() == asks.getType() || each.getType() == Type.CNAME)
          .forEach(each -> answer.addRecord(each, Section.ANSWER));
    }
    return answer;
  }

  @Override
  public void close() {
    udp.close();
    try {
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
