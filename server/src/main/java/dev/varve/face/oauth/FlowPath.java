package dev.varve.face.oauth;

import dev.varve.identity.client.Flows.Flow;
import dev.varve.net.http.Request;

/// Where the pages of a flow are.
final class FlowPath {
  static final String PATTERN = "/oauth2/flow/{id}";
  static final String PASSKEY_PATTERN = PATTERN + "/passkey";

  private static final String OFFER = "offer";

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

  /// Where somebody is offered a passkey, and from where on the flow goes on.
  static String offer(Flow flow) {
    return of(flow) + "?" + OFFER;
  }

  /// Where the script of that page gets a challenge.
  static String passkeyOffer(Flow flow) {
    return passkey(flow) + "?" + OFFER;
  }

  static boolean isOffer(Request request) {
    return request.query().value(OFFER).isPresent();
  }
}
