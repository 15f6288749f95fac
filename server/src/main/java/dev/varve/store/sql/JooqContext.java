package dev.varve.store.sql;

import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;

/// How jOOQ makes the text of queries here.
final class JooqContext {
  static {
    // it greets on its own otherwise
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
  }

  private JooqContext() {}

  static DSLContext of(StoreDialect dialect) {
    Configuration configuration =
        new DefaultConfiguration()
            .set(dialect.family())
            .set(
                new Settings()
                    .withRenderSchema(false)
                    .withRenderQuotedNames(RenderQuotedNames.ALWAYS)
                    .withRenderFormatted(false));
    configuration.data(StoreDialect.class, dialect);
    return DSL.using(configuration);
  }
}
