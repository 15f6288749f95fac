package dev.varve.bench;

import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.Passwords;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// A process that hashes passwords as Varve does, and nothing else, whenever it is asked to.
///
/// In: lines `CORES MILLIS`. Out: for each, how many hashes it made a second.
final class Hashing {
  // each has the threads and the memory of a server
  private final List<Passwords> servers = new ArrayList<>();

  private Hashing() {}

  public static void main(String[] arguments) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Hashing hashing = new Hashing();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] asked = line.split(" ", 2);
      Duration duration = Duration.ofMillis(Long.parseLong(asked[1]));
      System.out.println(hashing.perSecond(Integer.parseInt(asked[0]), duration));
    }
  }

  /// What such a process makes a second on so many cores.
  static double perSecond(Child hashing, int cores, Duration duration) {
    return Double.parseDouble(hashing.ask(cores + " " + duration.toMillis()));
  }

  private double perSecond(int cores, Duration duration) {
    AtomicLong hashes = new AtomicLong();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int core = 0; core < cores; core++) {
        Passwords passwords = server(core / Passwords.threads());
        threads.execute(() -> {
          while (System.nanoTime() - start < duration.toNanos()) {
            passwords.hash("a varve a year for ages");
            hashes.incrementAndGet();
          }
        });
      }
    }
    return hashes.get() * 1e9 / (System.nanoTime() - start);
  }

  private Passwords server(int number) {
    while (servers.size() <= number) {
      servers.add(new Passwords(AuthSettings.DEFAULT.password(), new SecureRandom()));
    }
    return servers.get(number);
  }
}
