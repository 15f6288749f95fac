package dev.varve.schema.sdl;

import dev.varve.schema.sdl.KnownDirective.Place;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the directives of one type or field, and reports those that are unknown or out of place.
final class DirectiveReader {
  private final SourceText source;
  private final Mistakes mistakes;

  DirectiveReader(SourceText source, Mistakes mistakes) {
    this.source = source;
    this.mistakes = mistakes;
  }

  /// The known directives in their right place; the arguments of each are reported when unknown.
  Directives read(DirectivesContainer<?> container, Place place) {
    List<Found> found = new ArrayList<>();
    Set<KnownDirective> seen = EnumSet.noneOf(KnownDirective.class);
    for (Directive directive : container.getDirectives()) {
      Optional<KnownDirective> known = known(directive, place);
      if (known.isEmpty()) {
        continue;
      }
      KnownDirective kind = known.get();
      boolean repeats = kind.repeatable() && place == Place.MODEL;
      if (!seen.add(kind) && !repeats) {
        mistakes.add(
            SourceText.of(directive), "@" + directive.getName() + " stands here twice: keep one.");
        continue;
      }
      found.add(new Found(kind, Arguments.of(directive, kind.arguments(), source, mistakes)));
    }
    return new Directives(List.copyOf(found));
  }

  private Optional<KnownDirective> known(Directive directive, Place place) {
    Optional<KnownDirective> known = KnownDirective.named(directive.getName());
    if (known.isEmpty()) {
      mistakes.add(
          SourceText.of(directive),
          "Unknown directive '@%s'.%s"
              .formatted(
                  directive.getName(),
                  Mistakes.suggestion(directive.getName(), KnownDirective.NAMES)));
      return known;
    }
    if (!known.get().allowedOn(place)) {
      mistakes.add(
          SourceText.of(directive),
          "@%s belongs on %s, not on %s."
              .formatted(directive.getName(), known.get().placesText(), place.text()));
      return Optional.empty();
    }
    return known;
  }

  private record Found(KnownDirective kind, Arguments arguments) {}

  /// What stands on one type or field.
  static final class Directives {
    private final List<Found> found;

    private Directives(List<Found> found) {
      this.found = found;
    }

    boolean has(KnownDirective kind) {
      return one(kind).isPresent();
    }

    Optional<Arguments> one(KnownDirective kind) {
      return all(kind).stream().findFirst();
    }

    List<Arguments> all(KnownDirective kind) {
      return found.stream().filter(each -> each.kind() == kind).map(Found::arguments).toList();
    }
  }
}
