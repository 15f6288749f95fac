/// Who you are: accounts, passwords, sessions, tokens and API keys.
///
/// In: credentials. Out: the [dev.varve.access.Caller] they belong to, and tokens. Credentials live in tables of
/// their own beside the log and never enter it.
///
/// Start reading at [Accounts], which makes everything and adds every route, and [AccountContext], which the flows
/// share; then follow one flow, such as [SignIn]. Each noun has its classes:
///
/// | noun | what answers requests | what it stands on |
/// |---|---|---|
/// | sign-up | [SignUp], [Confirmation], [Invitations] | [Rehearsal], [PendingSignUp], [Admission] |
/// | sign-in | [SignIn], [SessionFlows] | [PasswordProof], [Sessions], [RefreshTokens] |
/// | password | [PasswordFlows] | [PasswordProof], [Passwords], [PasswordHash], [CommonPasswords], [Credentials] |
/// | e-mail address | [EmailFlows] | [PasswordProof], [MailTokens] |
/// | access token | [BearerAuthentication], [Bearers] | [AccessTokens], [SigningKeys], [KeyRing], [SigningKey], [StoredKey] |
/// | API key | [ApiKeyFlows], [ApiKeyRequest] | [ApiKeys], [ApiKey] |
/// | mail | [MailRequests], [MailLinks], [Pages], [MailPage] | [Mails], [MailTokens], [Outbox], [SmtpDelivery], [KeptMails] |
/// | failed attempt | every flow | [Attempts], [FailedAttempts] |
/// | security event | | [SecurityEvents], [AccountChanges] |
/// | secret | | [Secrets], [SecretFile], [Seal], [OpaqueToken] |
/// | operator | [Administration], for the command line | |
///
/// All flows read a request with [Body] and [Client], know the record of an account by [AccountModel], answer with
/// [Rendering], and remove what has expired as they write ([Expiry]).
///
/// To add an endpoint, write it in the flow of its noun, add its route in [Accounts] (in [MailLinks] when a mail leads
/// to it) and describe it in [Endpoints]. To add a mail, write it in [Mails], and a purpose in [MailTokens] when it carries
/// a token. Whatever can be guessed is counted by [Attempts] before it is looked at.
@NullMarked
package dev.varve.account;

import org.jspecify.annotations.NullMarked;
