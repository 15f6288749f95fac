package dev.varve.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Somebody with a browser without scripts, who goes from server to server as they are sent.
final class Browser {
  private static final int HOPS_MAX = 20;
  private static final Pattern FORM =
      Pattern.compile("<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", Pattern.DOTALL);
  private static final Pattern HIDDEN = Pattern.compile("<input[^>]*type=\"hidden\"[^>]*>");

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
          .build();

  /// Where the browser is, and what it shows.
  ///
  /// @param location where it is sent next, when it is
  record Page(URI url, int status, String text, Optional<URI> location) {
    /// The parameters of where it is sent.
    Map<String, String> brought() {
      Map<String, String> parameters = new LinkedHashMap<>();
      String query = location.orElseThrow().getRawQuery();
      for (String pair : (query == null ? "" : query).split("&", -1)) {
        String[] both = pair.split("=", 2);
        if (both.length == 2) {
          parameters.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
        }
      }
      return parameters;
    }
  }

  /// Goes to an address, and on from there as long as it is sent, but for where nobody listens.
  ///
  /// @param end an address that begins so is not gone to
  Page go(String address, String end) {
    return follow(send(HttpRequest.newBuilder(URI.create(address)).GET()), end);
  }

  private Page follow(Page page, String end) {
    Page last = page;
    for (int i = 0;
        i < HOPS_MAX
            && last.location().isPresent()
            && !last.location().get().toString().startsWith(end);
        i++) {
      last = send(HttpRequest.newBuilder(last.location().get()).GET());
    }
    return last;
  }

  /// Sends the first form of a page, with more fields, and goes on.
  Page submit(Page page, Map<String, String> more, String end) {
    Matcher form = FORM.matcher(page.text());
    if (!form.find()) {
      throw new AssertionError(
          "%s %d shows no form: %s".formatted(page.url(), page.status(), page.text()));
    }
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher hidden = HIDDEN.matcher(form.group(2));
    while (hidden.find()) {
      fields.put(attribute(hidden.group(), "name"), attribute(hidden.group(), "value"));
    }
    fields.putAll(more);
    URI target = page.url().resolve(unescaped(form.group(1)));
    return follow(post(target.toString(), "application/x-www-form-urlencoded", form(fields)), end);
  }

  private static String attribute(String tag, String name) {
    Matcher matcher = Pattern.compile(name + "=\"([^\"]*)\"").matcher(tag);
    return matcher.find() ? unescaped(matcher.group(1)) : "";
  }

  static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String unescaped(String html) {
    return html.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
  }

  Page post(String address, String type, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body)));
  }

  Page get(String address, String authorization) {
    return send(HttpRequest.newBuilder(URI.create(address)).header("Authorization", authorization));
  }

  private Page send(HttpRequest.Builder request) {
    HttpRequest built = request.header("Accept", "text/html,*/*").build();
    try {
      HttpResponse<String> response = client.send(built, BodyHandlers.ofString());
      return new Page(
          built.uri(),
          response.statusCode(),
          response.body(),
          response.headers().firstValue("Location").map(built.uri()::resolve));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
