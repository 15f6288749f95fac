/// Signing in through others, such as Google: the way of a browser to a provider and back.
///
/// In: browsers that set out, and those that providers send back. Out: a code for whoever sent them ([Goal]): a flow of another
/// application, or a page of the application that Varve serves, which exchanges it for a session. What a provider says of somebody is
/// found out by [dev.varve.identity.provider.IdentityProvider]; whose account that is, by [Arrivals] alone.
///
/// Start reading at [ProviderSignIn], which lists every route, then follow a browser:
///
/// | where | classes |
/// |---|---|
/// | on the way there | [Departure], which notes what the trip is for ([Errand]) |
/// | back again | [Callback], then [Arrivals], and [NewAccount] for who is new here |
/// | what is still missing of an account | [MissingFieldsPage] |
/// | where it goes on | [Redemption] opens the session, [ExchangeEndpoint] for pages |
/// | links of who has signed in | [LinkFlows]; [LinkTokens] for what the provider gave |
/// | proving once more who they are | [ProofFlows] |
/// | what both of these set out on | [AccountTrips] |
///
/// A trip begins and ends in one browser (a cookie), is good once, and belongs to one provider, to which it must come back. A page keeps
/// a verifier of its own beside (RFC 7636), so that no code is of use to another page.
@NullMarked
package dev.varve.face.provider;

import org.jspecify.annotations.NullMarked;
