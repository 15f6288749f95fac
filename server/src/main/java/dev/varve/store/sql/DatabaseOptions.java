package dev.varve.store.sql;

/// How the database is used.
///
/// @param readers threads that read, each with a connection; beside them there is one that reads by key alone
/// @param readQueueMax reads that wait for a thread; more wait at the listener
/// @param pageCacheKibibytes page cache of each connection. What is not in it comes from the operating system's, which is
///     shared and grows with the machine: four times as much gained neither reads nor writes anything measurable
/// @param mappedBytesMax how much of the file is read through a memory map, for each connection. A page that is read costs
///     a microsecond less that way, and counts as memory of this process for as long as it runs
public record DatabaseOptions(
    int readers, int readQueueMax, int pageCacheKibibytes, long mappedBytesMax) {
  public static final DatabaseOptions DEFAULT =
      new DatabaseOptions(
          Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 16), 1_024, 4 * 1024, 0);

  /// For a process that does nothing but write much: a cache that holds the pages which records without order go to.
  public static final DatabaseOptions BULK =
      new DatabaseOptions(2, DEFAULT.readQueueMax(), 128 * 1024, DEFAULT.mappedBytesMax());
}
