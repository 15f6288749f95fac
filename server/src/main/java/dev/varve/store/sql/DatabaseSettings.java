package dev.varve.store.sql;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;
import java.util.Locale;

/// Where the data are; section `database` of `varve.yaml`. The password comes from the environment alone, as
/// `VARVE_DATABASE_PASSWORD`.
public record DatabaseSettings(
    @Setting(
            standard = "",
            says =
                "Where the data are: nothing for a file in the data folder (SQLite), or a database of PostgreSQL 15 or newer, such as jdbc:postgresql://db.example.com/shop. The parameters behind ? are those of its JDBC driver. Without sslmode the way to another machine is encrypted and the certificate of the server checked (verify-full).")
        String url,
    @Setting(
            standard = "",
            says =
                "The user at PostgreSQL. Its password is the environment variable VARVE_DATABASE_PASSWORD.")
        String user,
    @Setting(
            standard = "16",
            min = 2,
            max = 1_000,
            says =
                "How many connections to PostgreSQL read at a time. Beside them there is one that writes.")
        int readersMax,
    @Setting(
            standard = "60s",
            min = 1,
            max = 3_600,
            says = "How long PostgreSQL may take to answer a query; a longer one is broken off.")
        Duration queryTime,
    @Setting(
            standard = "10s",
            min = 1,
            max = 300,
            says =
                "How long a request waits for a connection to PostgreSQL, and a connection for its server.")
        Duration connectTime) {
  public static final DatabaseSettings DEFAULT =
      new DatabaseSettings("", "", 16, Duration.ofSeconds(60), Duration.ofSeconds(10));

  private static final String POSTGRESQL = "jdbc:postgresql:";

  public DatabaseSettings {
    if (!url.isEmpty() && !url.startsWith(POSTGRESQL)) {
      throw new WrongSetting(
          "url",
          "is no address of PostgreSQL. Give one such as jdbc:postgresql://localhost/shop, or nothing for SQLite");
    }
    if (url.toLowerCase(Locale.ROOT)
        .matches("[^?]*//[^/?]*@.*|.*[?&](user|password|sslpassword)=.*")) {
      throw new WrongSetting(
          "url",
          "has a user or a password in it. Set database.user, and the environment variable VARVE_DATABASE_PASSWORD");
    }
  }

  /// Whether the data are in a file of the data folder.
  public boolean isFile() {
    return url.isEmpty();
  }
}
