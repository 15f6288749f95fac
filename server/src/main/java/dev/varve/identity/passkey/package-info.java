/// Passkeys (Web Authentication Level 3): which there are, and whether an answer of an authenticator is one of them. Nothing here
/// knows HTTP, or opens anything.
///
/// In: what a browser answers, as JSON, and what was asked. Out: rows beside the log, and what an answer proves.
///
/// | noun | classes |
/// |---|---|
/// | for whom passkeys are made | [RelyingParty], made of [PasskeySettings] |
/// | passkey | [Passkey], kept by [Passkeys] |
/// | what a challenge is good for | [Ceremony] |
/// | what a browser is asked | [PasskeyOptions] |
/// | what it answers | [NewPasskey], [Assertion], refused by [PasskeyRefusal] |
@NullMarked
package dev.varve.identity.passkey;

import org.jspecify.annotations.NullMarked;
