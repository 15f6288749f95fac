package dev.varve.face.gateway.upstream;

/// What a connection to a service waits for at the moment, and the words for a wait that was too long.
enum Deadline {
  HEADERS("did not begin its answer"),
  BODY("sent nothing more of its answer"),
  SEND("took nothing more of the request"),
  IDLE("was idle");

  private final String text;

  Deadline(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
