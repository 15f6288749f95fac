/// Tokens, and the keys and secrets that make them good: access tokens ([AccessTokens]) signed by keys that rotate
/// ([SigningKeys], [KeyRing]) and lie sealed in the database ([Seal]), and secrets that are handed out once
/// ([OpaqueToken]).
@NullMarked
package dev.varve.identity.token;

import org.jspecify.annotations.NullMarked;
