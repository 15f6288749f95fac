package dev.varve.face.gateway.upstream;

/// How a protocol carries the body of a request. Used by the one thread of a [Pump], but for [#breakOff].
interface BodySink {
  /// What a protocol may write in front of a piece, and behind it, in the same array.
  int ROOM_BEFORE = 6;

  int ROOM_BEHIND = 2;

  /// Sends a piece, and returns when another may follow.
  void send(byte[] bytes, int offset, int length) throws UpstreamFailure;

  /// Sends what says that this was all.
  void end() throws UpstreamFailure;

  /// From now on the service is waited for.
  void awaitAnswer();

  /// Nothing more comes: the service finds out, and whoever waits for its answer.
  void breakOff();
}
