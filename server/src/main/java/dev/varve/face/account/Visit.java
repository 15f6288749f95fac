package dev.varve.face.account;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.Texts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Request;
import dev.varve.schema.record.Entity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Somebody who looks after their account.
///
/// @param caller the account, in the session of the browser
/// @param browser the cookie that names the browser, which stays when the session is another
record Visit(Request request, Caller caller, String browser, Texts texts) {
  Entity account() {
    return caller.account().orElseThrow();
  }

  String session() {
    return caller.session().orElseThrow();
  }

  RequestSource source() {
    return AccountContext.source(request);
  }

  /// As HTML.
  String text(String key, Object... values) {
    return Pages.escaped(texts.get(key, values));
  }

  /// What forms carry.
  String token() {
    return derived("account " + account().id());
  }

  boolean isOwn(String token) {
    return MessageDigest.isEqual(bytes(token()), bytes(token));
  }

  /// What nobody else knows who comes back from a provider.
  String verifier() {
    return derived("link " + session());
  }

  private String derived(String text) {
    return OpaqueToken.derived(bytes(browser), text).text();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
