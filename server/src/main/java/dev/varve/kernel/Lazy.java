package dev.varve.kernel;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A value that is made when it is first asked for: a server that nobody asks for it need not start with it.
public final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> making;
  private volatile @Nullable T made;

  public Lazy(Supplier<T> making) {
    this.making = making;
  }

  @Override
  public T get() {
    T known = made;
    // made twice at worst, and equal
    if (known == null) {
      known = making.get();
      made = known;
    }
    return known;
  }
}
