/// The endpoints under `/auth`, the pages behind the links in mails, and who sends a request.
///
/// In: requests, and what identity knows. Out: sessions, tokens and keys, and the
/// [dev.varve.lane.access.Caller] behind a header `Authorization` ([BearerAuthentication]) or a cookie ([CookieAuthentication]).
///
/// Start reading at [Accounts], which makes everything and adds every route, and [AccountContext], which the flows share;
/// then follow one flow, such as [SignIn]. Each noun has its classes:
///
/// | noun | what answers requests | what it stands on |
/// |---|---|---|
/// | sign-up | [SignUp], [Confirmation], [Invitations] | [SignUpTrial], [PendingSignUp], [VerifiedAccount] |
/// | sign-in | [SignIn], [SessionFlows] | [PasswordSignIn], [PasswordProof], [TokenSession] |
/// | sign-in by mail | [MailSignInFlows] | [MailSignIn] |
/// | second factor | [FactorFlows], [EnrolmentFlows], [StepUp], [StepUpWays], [StepUpByMail], [AdminFactorFlows] | [SecondFactor], [FactorProofs], [FactorProof], [CodeProof], [TotpEnrolment], [OwedEnrolment], [Ticket], [FactorMails], [QrImage] |
/// | browser that is trusted | [BrowserTrust] | [TrustCookie] |
/// | passkey | [PasskeyFlows], [PasskeyEnrolment], [PasskeySignInFlows], [PasskeySignUp] | [MadePasskey], [PasskeySignIn], [PasskeyProof], [PasskeyFactor], [PasskeyCeremonies], [PasskeySignals], [PasskeyForm], [FirstCredential], [OfferCookie] |
/// | password | [PasswordFlows] | [PasswordProof] |
/// | e-mail address | [EmailFlows] | [PasswordProof] |
/// | bearer token | [BearerAuthentication], [BearerAttempts] | [SessionCallers], [RequestProofs] |
/// | cookie | [CookieAuthentication], [SignInReply] | [BrowserCookies], [SameOrigin], [SessionCallers] |
/// | API key | [ApiKeyFlows], [ApiKeyRequest] | |
/// | other applications | [ApplicationFlows], [ClientFlows] | [ClientRequest] |
/// | mail | [MailRequests], [MailLinks], [MailPage] | [Mails], [Letter] |
/// | pages | [SignUpPage], [ForgottenPage], [MailLinks] | [Pages], [PageLook], [PageForm], [ReturnPath] |
/// | language | | [Languages], [LanguageFiles], [Texts], [ApiTexts] |
/// | what an account does with itself | | [OwnAccount], [OwnRecord] |
///
/// All flows read a request with [JsonBody] and answer with [AccountAnswers].
///
/// To add an endpoint, write it in the flow of its noun (in [MailLinks] when a mail leads to it), with its [Endpoint] beside
/// it: path, who may ask, members and what is told of it stand there alone. To add a mail, write it in [Mails] and what it says in each language, and a purpose in
/// [dev.varve.identity.account.MailTokens] when it carries a token. Whatever can be guessed is counted by
/// [dev.varve.identity.account.Attempts] before it is looked at.
@NullMarked
package dev.varve.face.auth;

import org.jspecify.annotations.NullMarked;
