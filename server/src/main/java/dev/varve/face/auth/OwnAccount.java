package dev.varve.face.auth;

/// What an account does with itself, for its JSON endpoints and for the page on which people do the same.
///
/// @param record of it
/// @param sessions where it is signed in
/// @param factors its authenticator applications, and recovery codes
/// @param browsers that it trusts
/// @param applications that it let in
public record OwnAccount(
    OwnRecord record,
    SessionFlows sessions,
    PasswordFlows passwords,
    EmailFlows emails,
    FactorFlows factors,
    PasskeyFlows passkeys,
    PasskeyEnrolment passkeyEnrolment,
    BrowserTrust browsers,
    ApplicationFlows applications) {}
