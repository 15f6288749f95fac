package dev.varve.node;

import dev.varve.face.file.StaticFiles;
import dev.varve.face.gateway.GatewayLint;
import dev.varve.face.gateway.aggregate.Aggregates;
import dev.varve.face.rest.Rest;
import dev.varve.net.http.Route;
import dev.varve.net.limit.RateLimits;
import dev.varve.schema.Schema;
import dev.varve.settings.WrongSetting;
import java.util.ArrayList;
import java.util.List;

/// Tries the gateway over the reads of a schema as a start would, without a server and without data.
public final class GatewayRehearsal {
  private GatewayRehearsal() {}

  /// What a start would refuse.
  public static List<WrongSetting> refusals(Settings settings, Schema schema) {
    List<Route> reads = Rest.readsOf(schema);
    List<Route> others = new ArrayList<>(reads);
    others.addAll(new StaticFiles(settings.files()).routes(reads));
    return new GatewayLint(settings.gateway())
        .refusals(new Aggregates.Own(reads, RateLimits.NONE, () -> "0"), others);
  }
}
