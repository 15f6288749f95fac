package dev.varve.store.sql.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.settings.SettingRecords;
import dev.varve.store.sql.DatabaseSettings;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/// What an address leaves open, and what of it holds.
class PostgresConnectionsTest {
  private static DatabaseSettings at(String url) {
    return SettingRecords.changed(DatabaseSettings.DEFAULT, Map.of("url", url));
  }

  private static PGSimpleDataSource source(String url) throws SQLException {
    return PostgresConnections.source(at(url), "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          jdbc:postgresql://db.example.com/shop                  | verify-full
          jdbc:postgresql://10.0.0.5:5433/shop                   | verify-full
          jdbc:postgresql://localhost,db.example.com/shop        | verify-full
          jdbc:postgresql://localhost.example.com/shop           | verify-full
          jdbc:postgresql://db.example.com/shop?sslmode=require  | require
          jdbc:postgresql://db.example.com/shop?a=b&sslmode=disable | disable
          jdbc:postgresql://db.example.com/shop?ssl=true         | -
          jdbc:postgresql://localhost/shop                       | -
          jdbc:postgresql://127.0.0.1:5433/shop                  | -
          jdbc:postgresql://[::1]/shop                           | -
          jdbc:postgresql:shop                                   | -
          jdbc:postgresql://localhost/shop?sslmode=verify-ca     | verify-ca
          """)
  void theWayToAnotherMachineIsEncryptedAndItsServerChecked(String url, String mode)
      throws SQLException {
    assertThat(source(url).getSslMode()).isEqualTo(mode);
  }

  @Test
  void whoeverCannotGetThereIsToldWhatWasAskedOfTheServer() {
    assertThat(PostgresConnections.refusal(at("jdbc:postgresql://db.example.com/shop")))
        .contains("sslrootcert", "sslmode=disable");
    assertThat(PostgresConnections.refusal(at("jdbc:postgresql://localhost/shop")))
        .isEqualTo("Cannot open the database of database.url");
  }

  @Test
  void whatTheAddressSaysHolds() throws SQLException {
    PGSimpleDataSource source =
        source(
            "jdbc:postgresql://localhost/shop?ApplicationName=mine&connectTimeout=3&loginTimeout=4&tcpKeepAlive=false&currentSchema=shop");
    assertThat(source.getApplicationName()).isEqualTo("mine");
    assertThat(source.getConnectTimeout()).isEqualTo(3);
    assertThat(source.getLoginTimeout()).isEqualTo(4);
    assertThat(source.getTcpKeepAlive()).isFalse();
    assertThat(source.getCurrentSchema()).isEqualTo("shop");
  }

  @Test
  void whatItLeavesOpenIsForAServerThatMayGoAway() throws SQLException {
    PGSimpleDataSource source = source("jdbc:postgresql://localhost/shop");
    assertThat(source.getApplicationName()).isEqualTo("varve");
    assertThat(source.getConnectTimeout()).isEqualTo(10);
    assertThat(source.getTcpKeepAlive()).isTrue();
  }

  /// A standby is never written to, batches go as one, and values do not come into logs.
  @Test
  void whereToWriteAndHowIsNotForTheAddressToSay() throws SQLException {
    PGSimpleDataSource source =
        source(
            "jdbc:postgresql://localhost/shop?targetServerType=any&reWriteBatchedInserts=false&logServerErrorDetail=true");
    assertThat(source.getTargetServerType()).isEqualTo("primary");
    assertThat(source.getReWriteBatchedInserts()).isTrue();
    assertThat(source.getLogServerErrorDetail()).isFalse();
  }

  /// What is read by one query without a transaction depends on it.
  @ParameterizedTest
  @CsvSource({
    "?a=b, true",
    "?preferQueryMode=extendedCacheEverything, true",
    "?prepareThreshold=0, true",
    "?stringtype=varchar, true",
    "?preferQueryMode=simple, false",
    "?preferQueryMode=extendedForPrepared, false",
    "?prepareThreshold=-1, false",
    "?stringtype=unspecified, false"
  })
  void statementsAreSentAsOneUnlessTheAddressSaysOtherwise(String said, boolean asOne)
      throws SQLException {
    assertThat(PostgresConnections.sendsAsOne(source("jdbc:postgresql://localhost/shop" + said)))
        .isEqualTo(asOne);
  }
}
