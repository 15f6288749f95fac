package dev.varve.command;

import dev.varve.face.gateway.GatewayExplanation;
import dev.varve.face.gateway.GatewayLint;
import dev.varve.face.gateway.GatewaySettings;
import dev.varve.kernel.UserMistake;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.OwnPaths;
import dev.varve.node.GatewayRehearsal;
import dev.varve.node.Settings;
import dev.varve.settings.WrongSetting;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve gateway`: what the gateway of an application would do, without a server.
@Command(
    name = "gateway",
    description = "Looks over the gateway of varve.yaml, and says what a request would meet.",
    footer = {
      "",
      "Example:",
      "  varve gateway check shop",
      "  varve gateway explain shop GET /shipping/parcels?order=7 --as ada@example.com"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class GatewayCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name what to do: check or explain");
  }

  /// Whom to explain it for.
  static final class Sender {
    @Option(
        names = "--as",
        paramLabel = "EMAIL",
        description = "The account with this e-mail address, with the roles that it has.")
    private @Nullable String email;

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "Somebody who has signed in and has this role; may be given several times.")
    private @Nullable List<String> roles;
  }

  @Command(
      name = "check",
      description =
          "Finds routes that nothing reaches, services that are not there, files that are missing.",
      footer = {
        "",
        "Each mistake comes as FILE:LINE:COLUMN with what to do. Exit code 0: none; 1: some. Notes are no mistakes.",
        "Whoever knows hosts is asked for them, and a connection to each is tried; nothing is sent to them."
      })
  int check(
      @Mixin AppFolder app,
      @Option(names = "--offline", description = "Asks for no hosts, and tries no connections.")
          boolean offline)
      throws InterruptedException {
    Settings settings = Settings.load(app.folder());
    GatewayLint lint = new GatewayLint(settings.gateway());
    List<WrongSetting> mistakes =
        new ArrayList<>(GatewayRehearsal.refusals(settings, app.schema().schema()));
    mistakes.addAll(lint.shadowed());
    List<WrongSetting> notes = new ArrayList<>(lint.unused());
    notes.addAll(lint.unlimited());
    if (!offline) {
      GatewayLint.Look look = lint.look();
      mistakes.addAll(look.mistakes());
      notes.addAll(look.notes());
    }
    if (!mistakes.isEmpty()) {
      List<String> lines = new ArrayList<>(Settings.located(app.folder(), mistakes));
      lines.add(mistakes.size() == 1 ? "1 mistake" : mistakes.size() + " mistakes");
      throw new UserMistake(lines);
    }
    PrintWriter out = out();
    out.printf(
        "The gateway of %s is fine: %s%n", app.folder().resolve(Settings.FILE), lint.summary());
    Settings.located(app.folder(), notes).forEach(note -> out.println("Note: " + note));
    return 0;
  }

  @Command(
      name = "explain",
      description =
          "Says in words which route, rule, limit, service and target a request meets, and sends nothing.",
      footer = {
        "",
        "Without --as and --role it is somebody who has not signed in.",
        "--as reads the account from the data, beside a server that may be running."
      })
  int explain(
      @Mixin AppFolder app,
      @Parameters(index = "1", paramLabel = "METHOD", description = "Such as GET.") String method,
      @Parameters(
              index = "2",
              paramLabel = "URL",
              description = "With its host, or the path alone: /shipping/parcels?order=7.")
          String url,
      @ArgGroup Sender sender,
      @Option(
              names = "--header",
              paramLabel = "NAME:VALUE",
              description = "A header of the request. May be repeated.")
          List<String> headers) {
    GatewaySettings gateway = Settings.load(app.folder()).gateway();
    Caller caller = caller(app, sender);
    List<GatewayExplanation.Line> lines;
    try {
      lines =
          GatewayExplanation.of(
              gateway,
              files(app),
              method.toUpperCase(Locale.ROOT),
              url,
              headers == null ? List.of() : headers.stream().map(this::header).toList(),
              caller,
              Clock.systemUTC().instant());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "%s %s".formatted(url, e.getMessage()));
    }
    out().printf("%s %s from %s:%n%n", method.toUpperCase(Locale.ROOT), url, told(caller, sender));
    lines.forEach(line -> print(app, line));
    return 0;
  }

  private static Set<String> files(AppFolder app) {
    return Settings.load(app.folder()).files().stream()
        .map(folder -> OwnPaths.firstSegment(folder.path()))
        .filter(segment -> !segment.isEmpty())
        .collect(Collectors.toSet());
  }

  private HeaderLine header(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new ParameterException(
          spec.commandLine(), "--header %s is no header: write NAME:VALUE".formatted(text));
    }
    return new HeaderLine(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
  }

  private static Caller caller(AppFolder app, @Nullable Sender sender) {
    if (sender == null) {
      return Caller.ANONYMOUS;
    }
    if (sender.email == null) {
      Set<String> roles = sender.roles == null ? Set.of() : new LinkedHashSet<>(sender.roles);
      return new Caller(
          Caller.Kind.ACCOUNT, "user:somebody", Optional.empty(), roles, Optional.empty());
    }
    KnownAccount known = KnownAccount.of(app, sender.email);
    if (known.disabled()) {
      throw new UserMistake(
          List.of(known.email() + " is disabled, and is let in nowhere: every request is 401"));
    }
    return Caller.account(known.account(), known.roles(), "imagined");
  }

  private static String told(Caller caller, @Nullable Sender sender) {
    if (!caller.known()) {
      return "somebody who has not signed in";
    }
    String name = sender == null || sender.email == null ? "somebody" : sender.email;
    return name + " with " + KnownAccount.inWords(caller.roles().stream().sorted().toList());
  }

  private void print(AppFolder app, GatewayExplanation.Line line) {
    String place =
        line.key().isEmpty()
            ? ""
            : Settings.placeOf(app.folder(), line.key())
                .map(at -> "  (%s)".formatted(withoutColumn(app, at)))
                .orElse("");
    out().printf("  %-9s  %s%s%n", line.about(), line.says(), place);
  }

  /// `varve.yaml:12` of `shop/varve.yaml:12:7`.
  private static String withoutColumn(AppFolder app, String place) {
    String file = app.folder().resolve(Settings.FILE).toString();
    return place.startsWith(file)
        ? Settings.FILE + place.substring(file.length(), place.lastIndexOf(':'))
        : place;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
