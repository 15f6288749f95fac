package dev.varve.bench;

import java.util.ArrayList;
import java.util.List;

/// The records that the benchmark of GraphQL stores.
final class Tree {
  static final int ALBUMS = 200;

  private static final int ALBUMS_PER_ARTIST = 4;
  private static final int TRACKS_PER_ALBUM = 12;
  private static final int GENRES = 20;
  private static final int USERS = 200;
  private static final int ORDERS_PER_USER = 5;
  private static final int OPERATIONS_PER_BATCH = 500;

  private final List<String> operations = new ArrayList<>();

  private Tree() {}

  /// Creates them over HTTP.
  static void create(int port) {
    Tree tree = new Tree();
    tree.addMusic();
    tree.addOrders();
    tree.send(port);
  }

  private void addMusic() {
    for (int genre = 0; genre < GENRES; genre++) {
      add("genres", "\"id\":\"g%d\",\"name\":\"Genre %d\"".formatted(genre, genre));
    }
    for (int album = 0; album < ALBUMS; album++) {
      int artist = album / ALBUMS_PER_ARTIST;
      if (album % ALBUMS_PER_ARTIST == 0) {
        add("artists", "\"id\":\"a%d\",\"name\":\"Artist %d\"".formatted(artist, artist));
      }
      add(
          "albums",
          "\"id\":\"b%d\",\"title\":\"Album %d\",\"artist\":\"a%d\""
              .formatted(album, album, artist));
      for (int track = 0; track < TRACKS_PER_ALBUM; track++) {
        add(
            "tracks",
            "\"name\":\"Track %d\",\"album\":\"b%d\",\"genre\":\"g%d\",\"composer\":\"Somebody\",\"milliseconds\":%d,\"bytes\":%d,\"unitPrice\":\"0.99\""
                .formatted(
                    track, album, (album + track) % GENRES, 200_000 + track, 9_000_000 + album));
      }
    }
  }

  private void addOrders() {
    for (int user = 0; user < USERS; user++) {
      add(
          "users",
          "\"id\":\"u%03d\",\"name\":\"User %d\",\"email\":\"user%d@example.com\""
              .formatted(user, user, user));
      for (int order = 0; order < ORDERS_PER_USER; order++) {
        add(
            "orders",
            "\"user\":\"u%03d\",\"total\":\"%d.50\",\"note\":\"Please ring twice\""
                .formatted(user, order));
      }
    }
  }

  private void add(String path, String members) {
    operations.add(
        "{\"method\":\"POST\",\"path\":\"/api/%s\",\"body\":{%s}}".formatted(path, members));
  }

  private void send(int port) {
    try (Client client = new Client(port)) {
      for (int start = 0; start < operations.size(); start += OPERATIONS_PER_BATCH) {
        int end = Math.min(operations.size(), start + OPERATIONS_PER_BATCH);
        String all = String.join(",", operations.subList(start, end));
        client
            .ask(Requests.post("/api/batch", "{\"operations\":[" + all + "]}"))
            .requireStatus(200);
      }
    }
  }
}
