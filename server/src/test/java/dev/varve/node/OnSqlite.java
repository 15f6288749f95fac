package dev.varve.node;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// A test of what SQLite does or is asked in its own words, which tells nothing of PostgreSQL.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@DisabledIfSystemProperty(
    named = "varve.test.database",
    matches = "postgresql",
    disabledReason = "It is about SQLite")
public @interface OnSqlite {}
