package dev.varve.account;

/// A mail to one mailbox.
///
/// @param text plain, with the token or the link in it: not to be logged
record Mail(String to, String subject, String text) {}
