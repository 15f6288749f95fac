package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;

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

  void mailLinked(WriteContext write, Entity account, String provider, RequestSource source)
      throws SQLException {
    String email = context.accounts().email(account);
    context.mail(write, context.mails().linked(email, title(provider)), source);
  }

  void mailUnlinked(WriteContext write, Entity account, String provider, RequestSource source)
      throws SQLException {
    String email = context.accounts().email(account);
    context.mail(write, context.mails().unlinked(email, title(provider)), source);
  }

  /// What people know it as, as long as it is there.
  String title(String provider) {
    return providers.find(provider).map(IdentityProvider::title).orElse(provider);
  }
}
