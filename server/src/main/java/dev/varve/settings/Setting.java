package dev.varve.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Declares one setting on a component of a feature's settings record: what it does, its default and its bounds.
/// The reader of `varve.yaml`, the environment variables and the reference page are made from it.
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
  /// What the setting does, in one or two sentences.
  String says();

  /// The value when nobody sets one, as it would be written in the file.
  String standard();

  /// The least number that makes sense; for numbers, and for durations in seconds.
  long min() default 0;

  /// The greatest number that makes sense; for numbers, and for durations in seconds.
  long max() default Integer.MAX_VALUE;
}
