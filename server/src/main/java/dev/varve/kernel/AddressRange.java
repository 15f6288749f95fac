package dev.varve.kernel;

import java.net.InetAddress;
import java.util.Optional;

/// Addresses that begin with the same bits, such as `10.0.0.0/8` (RFC 4632).
public final class AddressRange {
  private final byte[] first;
  private final int bits;

  private AddressRange(byte[] first, int bits) {
    this.first = first;
    this.bits = bits;
  }

  /// What a word means that is an address, or a network such as `10.0.0.0/8`; nothing when it is neither.
  public static Optional<AddressRange> of(String word) {
    int slash = word.indexOf('/');
    Optional<InetAddress> address = address(slash < 0 ? word : word.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    byte[] first = address.get().getAddress();
    int bitsMax = first.length * Byte.SIZE;
    if (slash < 0) {
      return Optional.of(new AddressRange(first, bitsMax));
    }
    try {
      int bits = Integer.parseInt(word.substring(slash + 1));
      return bits >= 0 && bits <= bitsMax
          ? Optional.of(new AddressRange(first, bits))
          : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// An address as it is written; names are looked up nowhere.
  public static Optional<InetAddress> address(String literal) {
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  public boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != first.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit += Byte.SIZE) {
      int mask = 0xff00 >> Math.min(Byte.SIZE, bits - bit);
      if (((first[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
