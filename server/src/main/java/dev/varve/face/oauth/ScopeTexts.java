package dev.varve.face.oauth;

import dev.varve.face.auth.Texts;
import java.util.Map;

/// What people are told that an application may do.
public final class ScopeTexts {
  private final Map<String, String> own;

  /// @param own those of scopes that are not Varve's
  ScopeTexts(Map<String, String> own) {
    this.own = Map.copyOf(own);
  }

  public String of(Texts texts, String scope) {
    String key = "scope." + scope;
    if (texts.has(key)) {
      return texts.get(key);
    }
    String said = own.get(scope);
    return said == null ? texts.get("scope.other", scope) : said;
  }
}
