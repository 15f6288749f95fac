package dev.varve.identity.mail;

import java.util.Optional;

/// A mail to one mailbox.
///
/// @param text plain, with the token or the link in it: not to be logged
/// @param token that is in the text, for who reads mails by program while writing an application
public record Mail(String to, String subject, String text, Optional<String> token) {}
