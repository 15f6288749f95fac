/// Providers that people sign in with instead of a password here, such as Google, and what those say of somebody. Nothing here knows
/// accounts, or requests that come in.
///
/// In: the settings under `auth.providers`, and with what a provider sent a browser back. Out: where a browser is sent
/// ([IdentityProvider]), and who it is in the provider's eyes ([Somebody]), or why nobody knows ([ProviderFailed]).
///
/// | noun | classes |
/// |---|---|
/// | provider | [IdentityProviders], [IdentityProvider], made of [ProviderSettings] and [Preset] |
/// | one way to a provider and back | [Trip] |
/// | how a provider speaks | [Dialect]: [OpenIdDialect] for most, [GitHubDialect], [DiscordDialect] ([OAuthRequest]); [CodeExchange] gets tokens, [Claims] is what comes back |
/// | what a provider gives for itself | [ProviderTokens], sealed by [KeptTokens] where the settings keep it |
/// | what an OpenID provider says of itself | [Discovery] |
/// | how Varve proves to a provider that it is itself | [ProviderSecret], [AppleSecret] |
///
/// To add a preset, name it in [Preset]. One that does not speak OpenID Connect needs a [Dialect] of its own.
@NullMarked
package dev.varve.identity.provider;

import org.jspecify.annotations.NullMarked;
