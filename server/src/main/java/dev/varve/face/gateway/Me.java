package dev.varve.face.gateway;

import dev.varve.lane.access.Caller;
import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who sends a request, in the words of conditions: `me.roles`, also of programs with a key and empty for those who have not
/// signed in; `me.id` and the other fields of an account for one that has; `me.client` and `me.scopes` through an application, unless
/// accounts have fields of these names.
final class Me {
  private Me() {}

  static Map<String, Object> of(Caller caller) {
    Map<String, Object> me = new HashMap<>();
    caller
        .application()
        .ifPresent(application -> {
          me.put("client", application.client());
          me.put("scopes", List.copyOf(application.scopes()));
        });
    caller.account().ifPresent(account -> addFields(me, account));
    me.put("roles", List.copyOf(caller.roles()));
    return me;
  }

  private static void addFields(Map<String, Object> me, Entity account) {
    for (Field field : account.model().fields()) {
      Object value = told(account.value(field));
      if (value != null) {
        me.put(field.name(), value);
      }
    }
  }

  /// As CEL knows values; null for one that has no such form.
  private static @Nullable Object told(@Nullable Object value) {
    return switch (value) {
      case String text -> text;
      case Boolean truth -> truth;
      case Long number -> number;
      case Integer number -> number.longValue();
      case Double number -> number;
      case BigDecimal number -> number.doubleValue();
      case Instant moment -> moment;
      case null, default -> null;
    };
  }
}
