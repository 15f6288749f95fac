/// Who you are: accounts, passwords, sessions, tokens and API keys.
///
/// In: credentials. Out: the [dev.varve.access.Caller] they belong to, and tokens. Credentials live in tables of
/// their own beside the log and never enter it.
@NullMarked
package dev.varve.account;

import org.jspecify.annotations.NullMarked;
