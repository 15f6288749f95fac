package dev.varve.bench;

import dev.varve.bench.LoadedServer.Seen;
import dev.varve.net.certificate.LocalCertificate;
import dev.varve.net.certificate.TlsSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/// One record by its id over TLS 1.3 on connections that stay, against the same without TLS. The client pays for TLS too,
/// on the same machine.
final class TlsBenchmark implements Benchmark {
  private static final int RECORDS = 1_000;
  private static final int CONNECTIONS = 64;
  private static final long WARM_UP_REQUESTS = 300_000;
  private static final double RATIO_MIN = 0.7;

  @Override
  public String name() {
    return "tls";
  }

  @Override
  public String says() {
    return "GET by id over TLS 1.3, 64 connections, against plain HTTP";
  }

  @Override
  public List<Figure> run(Lab lab) {
    byte[][] requests;
    // the records are made over plain HTTP; both servers have the same ones, one after the other
    try (Child varve = lab.varve("tls")) {
      requests =
          Orders.create(varve.port(), RECORDS).stream().map(Requests::get).toArray(byte[][]::new);
    }
    copy(lab);
    try (Child plain = lab.varve("tls");
        Child encrypted = lab.varve("tls-encrypted", environment(lab), List.of())) {
      return measure(
          lab,
          new LoadedServer(encrypted, new Load(encrypted.port(), CONNECTIONS, requests, 200, true)),
          new LoadedServer(plain, new Load(plain.port(), CONNECTIONS, requests, 200)));
    }
  }

  private static void copy(Lab lab) {
    try {
      Files.createDirectories(lab.data("tls-encrypted"));
      Files.copy(lab.database("tls"), lab.database("tls-encrypted"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> environment(Lab lab) {
    try {
      TlsSettings made =
          new LocalCertificate(lab.folder().toAbsolutePath()).settings(Clock.systemUTC());
      return Map.of(
          "VARVE_HTTP_TLS_CERTIFICATE", made.certificate(), "VARVE_HTTP_TLS_KEY", made.key());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Figure> measure(Lab lab, LoadedServer encrypted, LoadedServer plain) {
    lab.progress("warming up");
    plain.warmUp(lab, WARM_UP_REQUESTS);
    encrypted.warmUp(lab, WARM_UP_REQUESTS);
    Side<Seen> limit = new Side<>(() -> plain.run(lab.round()));
    Side<Seen> ours = new Side<>(() -> encrypted.run(lab.round()));
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), limit, ours);
    return List.of(
        Seen.perSecond(
            "GET by id over TLS 1.3, 64 connections; limit: the same over plain HTTP",
            ours,
            limit,
            RATIO_MIN),
        Seen.processorTime(ours, limit));
  }
}
