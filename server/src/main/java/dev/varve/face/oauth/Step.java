package dev.varve.face.oauth;

/// What a flow waits for. A form says of which step it is, and is passed over when the flow has come further or fallen back.
enum Step {
  SIGN_IN,
  /// Somebody has proven who they are, and owes another proof.
  SECOND_FACTOR,
  /// Somebody has proven who they are, whose account must have a second factor and has none.
  ENROL,
  CONSENT,
  /// Nothing: the client gets its code.
  DONE
}
