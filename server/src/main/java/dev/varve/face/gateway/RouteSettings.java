package dev.varve.face.gateway;

import dev.varve.face.gateway.cache.AnswerCacheSettings;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.util.List;
import java.util.Map;

/// Which requests go to a service, who may send them, and how they arrive there; an element of `gateway.routes`.
///
/// To add what happens to the requests of a route, add a record of its settings here and obey it in [Forwarding].
public record RouteSettings(
    @Setting(
            required = true,
            says =
                "The path: plain names, `*` or `{name}` for any one segment, `**` at the end for all below, such as `/shipping/**`. Of many that match, names go before `*`, and long ones before short ones.")
        String path,
    @Setting(says = "The host that was asked for, such as api.shop.example; none is every host.")
        String host,
    @Setting(max = 40, says = "The methods; none is every method.") List<String> methods,
    @Setting(max = 20, says = "Headers that must have these values.") Map<String, String> headers,
    @Setting(required = true, says = "The name of the service.") String to,
    @Setting(says = "What is taken off the front of the path, such as /shipping.") String strip,
    @Setting(says = "What is put in front of it then, such as /v2.") String prefix,
    RewriteSettings rewrite,
    @Setting(
            required = true,
            says =
                "Who may: public is everybody, authenticated whoever has signed in and programs with a key, role NAME those with a role, scope NAME whoever has signed in and applications with that scope.")
        String allow,
    @Setting(
            says =
                "What must hold beside it, in CEL over request, me and now, such as request.method == 'GET' || 'staff' in me.roles.")
        String when,
    RouteLimit limit,
    @Setting(
            standard = "false",
            says =
                "Whether the caller's own credentials, Authorization, Cookie and DPoP, reach the service: for services that sign people in themselves.")
        boolean forwardToken,
    Alterations requestHeaders,
    Alterations answerHeaders,
    Alterations query,
    AnswerCacheSettings cache) {

  public RouteSettings {
    methods = List.copyOf(methods);
    try {
      PathPattern pattern = new PathPattern(path);
      if (pattern.firstName().isEmpty() && !pattern.isEverything()) {
        throw new IllegalArgumentException("it begins with a plain name, or is /** alone");
      }
    } catch (IllegalArgumentException e) {
      throw new WrongSetting("path", "is '%s': %s".formatted(path, e.getMessage()));
    }
    if (!host.isEmpty() && !host.matches("(\\*\\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
      throw new WrongSetting(
          "host",
          "is '%s': write it in small letters without a port, such as api.shop.example or *.shop.example"
              .formatted(host));
    }
    for (int i = 0; i < methods.size(); i++) {
      if (!methods.get(i).matches("[A-Z][A-Z-]{0,31}") || methods.get(i).equals("CONNECT")) {
        throw new WrongSetting(
            "methods[%d]".formatted(i),
            "is '%s': write a method in capitals, such as GET; CONNECT goes nowhere"
                .formatted(methods.get(i)));
      }
    }
    Alterations.requireNames("headers", headers);
    requirePlainPath("strip", strip);
    requirePlainPath("prefix", prefix);
    if (!strip.isEmpty() && !(path.equals(strip) || path.startsWith(strip + "/"))) {
      throw new WrongSetting(
          "strip", "is '%s', with which no path of this route, %s, begins".formatted(strip, path));
    }
    if (rewrite.isSet() && !(strip.isEmpty() && prefix.isEmpty())) {
      throw new WrongSetting(
          "rewrite", "stands beside strip or prefix. Say in one of both where the path leads");
    }
    Admission.of(allow, when);
    requestHeaders.requireHeaders("requestHeaders");
    answerHeaders.requireHeaders("answerHeaders");
    if (cache.isSet() && !methods.isEmpty() && !methods.contains("GET")) {
      throw new WrongSetting(
          "cache", "keeps answers to GET, which is none of the methods of this route. Take it out");
    }
  }

  private static void requirePlainPath(String component, String text) {
    if (!text.isEmpty() && !text.matches("(/[A-Za-z0-9._~!$&'()+,;=:@-]+)+")) {
      throw new WrongSetting(
          component,
          "is '%s': write a path of plain names, such as /shipping, without a slash at its end"
              .formatted(text));
    }
  }
}
