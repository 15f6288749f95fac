package dev.varve.face.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashedNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.3f9ab2c1.js",
        "main.8e0d62a03f1c.css",
        "runtime~main.a1b2c3d4e5.js",
        "vendor-0cc175b9c0f1b6a831c399e269772661.js",
        "index-BkX9dQz1.js",
        "index-BkX9dQz1.js.map",
        "app-5YBXGKQH.js",
        "logo.2f6a0d1e.svg",
      })
  void aBundlerMadeIt(String name) {
    assertThat(HashedName.is(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.js",
        "index.html",
        "jquery-validate.js",
        "bootstrap-datepicker.min.js",
        "report-20240131.pdf",
        "photo-Summer24.jpg",
        "MODEL-VERSION.txt",
        "app.defaced.js",
        "app.deadbeef.js",
        "jquery-3.7.1.min.js",
        "3f9ab2c1.js",
        "3f9ab2c1",
        ".3f9ab2c1.js",
        "app.3f9ab2c.js",
        "app-3f9ab2c1/page",
        "a-",
        "-.",
        "",
      })
  void aPersonMayHaveWrittenIt(String name) {
    assertThat(HashedName.is(name)).isFalse();
  }
}
