package dev.varve.face.auth;

import dev.varve.kernel.Problem;
import dev.varve.net.http.AcceptedTypes;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Handler;
import dev.varve.net.http.HeaderSection;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;

/// The languages in which pages and mails are written: Varve's own, each in files beside this class (`texts_LANGUAGE.properties` and
/// `refusals_LANGUAGE.properties` for pages, `mails_LANGUAGE.properties`), and those of an application ([LanguageFiles]).
///
/// Pages find them in a scope that is bound around each of their routes: every one of them speaks, and most have nothing else from the
/// settings.
public final class Languages {
  /// Varve's own.
  static final Languages OWN = new Languages(List.of(read(Locale.ENGLISH), read(Locale.GERMAN)));

  private static final ScopedValue<Languages> CURRENT = ScopedValue.newInstance();
  private static final int HEADER_LENGTH_MAX = 500;

  private final Map<Locale, Texts> all = new HashMap<>();
  private final List<Locale> known;

  Languages(List<Texts> texts) {
    texts.forEach(each -> all.put(each.language(), each));
    this.known = all.keySet().stream().sorted(Comparator.comparing(Locale::toLanguageTag)).toList();
  }

  /// Those of an application.
  ///
  /// @throws dev.varve.settings.WrongSetting when one of its files cannot be used
  public static Languages of(PageSettings settings) {
    return settings.languages().isEmpty() ? OWN : new LanguageFiles(settings.languages()).read();
  }

  private static Texts read(Locale language) {
    Properties properties = new Properties();
    for (String kind : List.of("texts", "refusals", "mails")) {
      String file = "%s_%s.properties".formatted(kind, language.getLanguage());
      try (InputStream in =
          Objects.requireNonNull(Languages.class.getResourceAsStream(file), file)) {
        properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Texts(language, texts(properties));
  }

  static Map<String, String> texts(Properties properties) {
    Map<String, String> texts = new HashMap<>();
    properties.forEach((key, text) -> texts.put(String.valueOf(key), String.valueOf(text)));
    return texts;
  }

  /// Those in which this is answered.
  static Languages current() {
    return CURRENT.orElse(OWN);
  }

  /// The languages of this answer's pages, by their tags (RFC 5646).
  public static List<String> spoken() {
    return current().known.stream().map(Locale::toLanguageTag).toList();
  }

  /// A route whose pages are written in these.
  public Route around(Route route) {
    return new Route(
        route.method(), route.pattern(), new Spoken(this, route.handler()), route.about());
  }

  private record Spoken(Languages languages, Handler handler) implements Handler {
    @Override
    public Answer handle(Request request) {
      return ScopedValue.where(CURRENT, languages).call(() -> handler.handle(request));
    }

    @Override
    public Optional<Answer> refusal(Problem problem, HeaderSection asked) {
      return ScopedValue.where(CURRENT, languages)
          .call(() -> handler.refusal(problem, asked).or(() -> page(problem, asked)));
    }
  }

  /// Of a browser that was sent here, and shows somebody what it gets.
  private static Optional<Answer> page(Problem problem, HeaderSection asked) {
    return new AcceptedTypes(asked.header("Accept")).navigates()
        ? Optional.of(PageForm.refusal(Texts.of(asked), problem))
        : Optional.empty();
  }

  /// The rest of an answer, in the same languages when it is made later.
  public static <T> Supplier<T> kept(Supplier<T> rest) {
    Languages languages = current();
    return () -> ScopedValue.where(CURRENT, languages).call(rest::get);
  }

  /// In the language of a request (RFC 9110, section 12.5.4), or in English.
  Texts of(HeaderSection request) {
    String header = request.header("Accept-Language").orElse("");
    if (header.isEmpty() || header.length() > HEADER_LENGTH_MAX) {
      return of(Locale.ENGLISH);
    }
    try {
      Locale found = Locale.lookup(Locale.LanguageRange.parse(header), known);
      return of(found == null ? Locale.ENGLISH : found);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return of(Locale.ENGLISH); // a header that says nothing readable
    }
  }

  Texts of(Locale language) {
    return Objects.requireNonNull(all.get(language), language::toString);
  }

  /// The texts of the language itself, or of that which it is a kind of, or English ones.
  Texts nearest(Locale language) {
    Locale found =
        Locale.lookup(List.of(new Locale.LanguageRange(language.toLanguageTag())), known);
    return of(found == null ? Locale.ENGLISH : found);
  }

  /// The same, with one more or another.
  Languages with(Texts texts) {
    Map<Locale, Texts> others = new HashMap<>(all);
    others.put(texts.language(), texts);
    return new Languages(List.copyOf(others.values()));
  }
}
