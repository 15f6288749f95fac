/// The page on which people look after their account: `/auth/account`.
///
/// In: requests of browsers, and what an account does with itself ([dev.varve.face.auth.OwnAccount]). Out: pages, which need no script but for
/// passkeys.
///
/// [AccountPages] makes everything. [AccountPage] is the page, and decides who comes to it: whoever is not signed in goes over the pages of a
/// flow first, and so does whoever changes something for which that was too long ago ([dev.varve.face.oauth.OwnPages]). Each [AccountPart] of the page has
/// a class, which draws it and does what its forms are for: [ProfilePart], [SessionPart], [PasskeyPart], [FactorPart], [LinkPart], [ApplicationPart].
/// They draw with [Html].
///
/// A form is answered by a redirect to the page, or by the page with what is wrong. It carries a token that nobody makes without the cookie of
/// the browser, and that is of one account: what an old tab shows of another account does nothing to this one.
@NullMarked
package dev.varve.face.account;

import org.jspecify.annotations.NullMarked;
