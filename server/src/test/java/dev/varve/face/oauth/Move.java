package dev.varve.face.oauth;

import org.junit.jupiter.api.function.Executable;

/// A move of an attacker, which comes to nothing.
record Move(String name, Executable attack) {
  static Move move(String name, Executable attack) {
    return new Move(name, attack);
  }

  void make() throws Throwable {
    attack.execute();
  }

  @Override
  public String toString() {
    return name;
  }
}
