package dev.varve.store.log;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The end of the log: its last position, when it was written, and the hash that the next unit builds on.
public record Head(long position, Instant at, byte[] hash) {
  /// An end that could not be read.
  public static Head unknown() {
    return new Head(0, Instant.EPOCH, new byte[UnitHash.BYTES]);
  }

  public Head {
    hash = hash.clone();
  }

  /// Where reading the log goes on behind it.
  public EventLog.Cursor cursor() {
    return new EventLog.Cursor(position, hash);
  }

  @Override
  public byte[] hash() {
    return hash.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Head head
        && head.position == position
        && head.at.equals(at)
        && Arrays.equals(head.hash, hash);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(position);
  }

  @Override
  public String toString() {
    return "position " + position + " at " + at + " with hash " + HexFormat.of().formatHex(hash);
  }
}
