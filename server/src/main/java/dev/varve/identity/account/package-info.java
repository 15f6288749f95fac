/// Who has an account here: passwords, sessions, API keys, attempts and security events. Nothing here knows HTTP.
///
/// In: what a flow or an operator wants. Out: rows and records, written in one unit. Credentials live in tables of their
/// own beside the log and never enter it.
///
/// | noun | classes |
/// |---|---|
/// | account | [AccountModel], [AccountStages], [AccountChanges], [Administration] |
/// | password | [Passwords], [PasswordHash], [CommonPasswords], [Credentials] |
/// | session | [SessionIssuer], [SessionUse], [SignInMethod], [Sessions] over [SessionRows], [OpenSessions], [RefreshTokens] |
/// | second factor | [Factor], [Factors], [FirstProof], [FactorSettings], [FactorPolicy] |
/// | what is good once, such as a code | [SingleUse] |
/// | API key | [ApiKeys], [ApiKey] |
/// | provider that an account signs in with | [Links] |
/// | in what ways it signs in | [WaysIn] |
/// | what somebody allowed another application | [Consents] |
/// | mailed token | [MailTokens] |
/// | failed attempt | [Attempts] of an [AttemptSubject], in [AttemptCounts], [FailedAttempts], by [RequestSource], some from [KnownNetworks] |
/// | security event | [SecurityEvents] |
///
/// What has expired is removed as others are written ([Expiry]).
@NullMarked
package dev.varve.identity.account;

import org.jspecify.annotations.NullMarked;
