/// Requests to other servers whose addresses somebody else may have chosen: providers that people sign in with, and what clients say
/// of themselves at a URL.
///
/// In: a request, and who may be asked ([Reach]). Out: a whole reply that is short enough and came in time ([OutgoingCalls]), or why
/// there is none ([CallFailed]). Nobody is asked at an address that has a special use ([SpecialUse]), such as that of this machine or of
/// the network behind it, unless a setting names the host.
@NullMarked
package dev.varve.net.outgoing;

import org.jspecify.annotations.NullMarked;
