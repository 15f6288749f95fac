package dev.varve.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptEncodingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // header                          | takes | prefers
        "                                  | false | false",
        "''                                | false | false",
        "gzip                              | true  | true",
        "GZIP                              | true  | true",
        "x-gzip                            | true  | true",
        "gzip, deflate, br, zstd           | true  | true",
        "br,gzip                           | true  | true",
        "deflate, gzip ; q=1.0             | true  | true",
        "gzip;q=0.001                      | true  | true",
        "gzip;Q=0.5                        | true  | true",
        "gzip;q=0                          | false | false",
        "gzip;q=0.000                      | false | false",
        "gzip;q=0, *                       | false | false",
        "*                                 | true  | true",
        "*;q=0.1                           | true  | true",
        "*;q=0                             | false | false",
        "identity                          | false | false",
        "identity;q=0                      | false | false",
        "identity;q=0, *                   | true  | true",
        "identity;q=0, gzip;q=0.1          | true  | true",
        "gzip;q=0.5, identity;q=1          | true  | false",
        "gzip;q=0.5, identity;q=0.5        | true  | true",
        "gzip;q=0.5, identity              | true  | false",
        "gzip;q=0.5, *;q=0.8               | true  | false",
        "gzip, *;q=0                       | true  | true",
        "identity;q=1, *;q=0               | false | false",
        "br, xgzip, gzipped                | false | false",
        // what cannot be read is not wanted
        "gzip;q=2                          | false | false",
        "gzip;q=1.001                      | false | false",
        "gzip;q=-1                         | false | false",
        "gzip;q=0.0001                     | false | false",
        "gzip;q=.5                         | false | false",
        "gzip;q=                           | false | false",
        "gzip;level=9                      | false | false",
        "gzip;q=0.5x                       | false | false",
        ",, ,gzip,                         | true  | true",
        ";q=1, gzip                        | true  | true",
      })
  void weightsDecide(@Nullable String header, boolean takes, boolean prefers) {
    AcceptEncoding accepted = AcceptEncoding.of(header);
    assertThat(accepted.takesGzip()).isEqualTo(takes);
    assertThat(accepted.prefersGzip()).isEqualTo(prefers);
  }
}
