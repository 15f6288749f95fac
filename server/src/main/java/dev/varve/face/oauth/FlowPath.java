package dev.varve.face.oauth;

import dev.varve.identity.client.Flows.Flow;

/// Where the pages of a flow are.
final class FlowPath {
  static final String PATTERN = "/oauth2/flow/{id}";
  static final String PASSKEY_PATTERN = PATTERN + "/passkey";

  private FlowPath() {}

  static String of(Flow flow) {
    return of(flow.id());
  }

  static String of(String id) {
    return "/oauth2/flow/" + id;
  }

  /// Where the script of a page gets a challenge.
  static String passkey(Flow flow) {
    return of(flow) + "/passkey";
  }
}
