/// Second factors: codes of one moment, recovery codes, and browsers that were trusted. Nothing here knows HTTP, or who may change
/// them.
///
/// In: what somebody shows. Out: whether it is good, and rows beside the log, written in one unit with what came of it. Secrets lie
/// sealed, and what is shown once lies as a hash.
///
/// | noun | classes |
/// |---|---|
/// | code of one moment, of an authenticator application | [TotpCode], kept by [Totps] |
/// | recovery code | [RecoveryCodes] |
/// | trusted browser | [TrustedDevices] |
///
/// Rooms above ask them all in one place.
@NullMarked
package dev.varve.identity.factor;

import org.jspecify.annotations.NullMarked;
