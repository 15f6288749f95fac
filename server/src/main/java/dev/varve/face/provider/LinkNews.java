package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;

/// Tells of links: to whoever looks at security events, and to the account itself by mail.
record LinkNews(AccountContext context, IdentityProviders providers) {
  void record(
      WriteContext write, Kind kind, Entity account, String provider, RequestSource source) {
    context
        .events()
        .record(
            write,
            Event.of(kind, account.id(), context.accounts().email(account), source)
                .with("provider", provider));
  }

  void mailLinked(Entity account, String provider, RequestSource source) {
    context.send(
        context.mails().linked(context.accounts().email(account), title(provider)), source);
  }

  void mailUnlinked(Entity account, String provider, RequestSource source) {
    context.send(
        context.mails().unlinked(context.accounts().email(account), title(provider)), source);
  }

  /// What people know it as, as long as it is there.
  String title(String provider) {
    return providers.find(provider).map(IdentityProvider::title).orElse(provider);
  }
}
