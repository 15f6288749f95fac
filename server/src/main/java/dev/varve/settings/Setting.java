package dev.varve.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Declares one setting on a component of a feature's settings record: what it does, its default and its bounds.
/// The reader of `varve.yaml`, the environment variables and the reference page are made from it.
///
/// ```
/// @Setting(standard = "8080", max = 65_535, says = "...") int port,
/// @Setting(standard = "GET POST", says = "...") List<String> methods,
/// @Setting(says = "...") List<LimitSettings> limits      // a list of records, whose components are settings too
/// ```
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
  /// What the setting does, in one or two sentences.
  String says();

  /// The value when nobody sets one, as it would be written in the environment: texts of a list are separated by spaces.
  /// A list of records is empty when nobody sets it.
  String standard() default "";

  /// Whether it must be set: only within the records of a list.
  boolean required() default false;

  /// Whether the names under which records stand may have capitals: where they are members of JSON, and of no host or file.
  boolean capitals() default false;

  /// The least number that makes sense; for numbers, for durations in seconds, and of elements of a list.
  long min() default 0;

  /// The greatest number that makes sense; for numbers, for durations in seconds, and of elements of a list.
  long max() default Integer.MAX_VALUE;
}
