/// Applications that sign people in with Varve (OAuth 2.1 clients), and their requests while people answer. Nothing here knows
/// HTTP.
///
/// In: what the settings say of applications, and what they ask for. Out: rows beside the log, written in one unit with the session
/// that comes of them. What people allow them is of accounts ([dev.varve.identity.account.Consents]).
///
/// | noun | classes |
/// |---|---|
/// | client | [Client], [ClientProfile], [Clients], [GrantType], said what it is by [ClientDescription] and [ClientFeatures] |
/// | keys of a client | [ClientKeys]; at a URL: [ClientKeySets] |
/// | certificate of a client | [ClientCertificate], which names it in one way ([NameKind], [CertificateNames]) or stands among its keys |
/// | client of the settings | [OAuthSettings], [ClientSettings] |
/// | client of administrators, kept in the database | [ClientAdministration], [StoredClient], [ClientSecret] |
/// | client that says itself what it is | [ClientMetadata]; at a URL: [ClientDocuments]; when it registers: [ClientRegistration], with its [RegistrationToken] |
/// | what clients have at URLs | [KeptAtUrl], as far as [Origins] go |
/// | flow: a request to sign somebody in, while they answer | [Flows] |
/// | device without a browser, while somebody answers for it | [Devices] |
/// | end of a session, until its client was told | [Logouts] |
///
/// A session that a client has is a session like any other ([dev.varve.identity.account.Sessions]): it ends as they do.
@NullMarked
package dev.varve.identity.client;

import org.jspecify.annotations.NullMarked;
