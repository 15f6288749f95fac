/// Signing in to other applications: the OAuth 2.1 and OpenID Connect provider.
///
/// In: requests of clients, and what people do on the pages between. Out: codes, tokens, and what is told of who has signed in.
///
/// A browser comes to [AuthorizationEndpoint] with a request ([AuthorizationRequests] reads it). It goes on at once when all is
/// known, and else over the pages of [FlowEndpoint], which has a class for each step and draws them with [FlowPages]; [Answering] sends it back with a code. The client
/// brings the code to [TokenEndpoint], which hands it to the class of its grant ([CodeGrant], [RefreshGrant], [ClientCredentialsGrant], [DeviceGrant]);
/// [ApplicationSessions] opens a session for it, and [TokenAnswers] signs its tokens. The rest tells ([Metadata], [UserInfo], [TokenStatus]) and ends
/// ([Logout], [LogoutNotices], and [TokenStatus] once more).
///
/// A client may push its request before a browser comes with it ([PushedRequests]), and prove who it is and which key it has ([ClientProof], [CertificateProof],
/// [dev.varve.face.auth.RequestProofs]). A device without a browser asks with [DeviceRequests], and somebody comes with its code to
/// [DevicePage], from where the pages of a flow lead on. A client that nobody has declared registers ([Registration]), or says at a URL
/// what it is. One that was refused by a face finds the way here from [ProtectedResource].
/// Those who sign in with a provider instead leave for it and come back to the flow ([SignInElsewhere]).
///
/// Errors follow RFC 6749 here ([OAuthError]), because clients know those; their pages are for people.
@NullMarked
package dev.varve.face.oauth;

import org.jspecify.annotations.NullMarked;
