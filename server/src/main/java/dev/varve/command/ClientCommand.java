package dev.varve.command;

import dev.varve.identity.client.ClientAdministration;
import dev.varve.identity.client.ClientAdministration.By;
import dev.varve.identity.client.ClientAdministration.WithSecret;
import dev.varve.identity.client.ClientCertificate;
import dev.varve.identity.client.ClientDescription;
import dev.varve.identity.client.ClientFeatures;
import dev.varve.identity.client.ClientSettings;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.ConsentPolicy;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.identity.client.StoredClient;
import dev.varve.kernel.DurationText;
import dev.varve.kernel.Ids;
import dev.varve.kernel.Problem;
import dev.varve.kernel.UserMistake;
import dev.varve.node.Engine;
import dev.varve.node.Settings;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `varve client`: the applications that sign people in, for whoever holds the machine.
@Command(
    name = "client",
    description = "Makes and changes OAuth clients, without a server running.",
    footer = {
      "",
      "A secret is printed once, and only its hash is kept.",
      "A running server holds data in a file: stop it first, or use its API as an administrator.",
      "On PostgreSQL this runs beside it.",
      "Clients that stand in varve.yaml are changed there.",
      "",
      "Example:",
      "  varve client create shop --title Notes --redirect-uri https://notes.example/callback --scope openid",
      "  varve client rotate shop --id office --overlap 12h"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ClientCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Name what to do: create, list, rotate, disable, enable or delete");
  }

  @Command(name = "create", description = "Makes a client.")
  int create(
      @Mixin AppFolder app,
      @Option(names = "--id", description = "Its client_id; made up when it is left out.")
          @Nullable String id,
      @Option(
              names = "--title",
              required = true,
              description = "What people are told it is called.")
          String title,
      @Option(
              names = "--redirect-uri",
              description = "Where browsers are sent back to it. May be repeated.")
          @Nullable List<String> redirectUris,
      @Option(
              names = "--logout-uri",
              description = "Where browsers may be sent after signing out. May be repeated.")
          @Nullable List<String> logoutUris,
      @Option(names = "--scope", description = "What it may ask for; openid. May be repeated.")
          @Nullable List<String> scopes,
      @Option(
              names = "--grant",
              description =
                  "How it gets tokens; authorization_code and refresh_token. May be repeated.")
          @Nullable List<String> grants,
      @Option(names = "--confidential", description = "Gives it a secret.") boolean confidential,
      @Option(names = "--never-ask", description = "Lets it in without asking people.")
          boolean neverAsk,
      @Mixin Features features) {
    ClientDescription description =
        new ClientDescription(
            title,
            or(redirectUris, List.of()),
            or(logoutUris, List.of()),
            or(scopes, List.of("openid")),
            or(grants, List.of("authorization_code", "refresh_token")),
            neverAsk ? ConsentPolicy.NEVER : ConsentPolicy.ASK,
            features.read(spec));
    with(
        app,
        (clients, out) -> {
          WithSecret made =
              clients
                  .administration()
                  .create(Optional.ofNullable(id), description, confidential, By.operator());
          out.printf("client_id: %s%n", made.client().id());
          made.secret().ifPresent(secret -> out.printf("client_secret: %s%n", secret));
        });
    return 0;
  }

  /// What a client does beyond what most do.
  static final class Features {
    @Option(
        names = "--jwks",
        description =
            "A file with the public keys with which it signs assertions (private_key_jwt): {\"keys\": [...]}.")
    @Nullable Path jwks;

    @Option(names = "--jwks-uri", description = "The URL of those keys, in place of a file.")
    String jwksUri = "";

    @Option(names = "--pushed-requests", description = "It must push its requests.")
    boolean pushedRequests;

    @Option(names = "--bound-tokens", description = "Its access tokens are bound to a key (DPoP).")
    boolean boundTokens;

    @Option(names = "--signed-user-info", description = "Its userinfo is a signed JWT.")
    boolean signedUserInfo;

    @Option(
        names = "--backchannel-logout-uri",
        description = "Where it is told that a session of its own has ended.")
    String backchannelLogoutUri = "";

    @Option(
        names = "--certificate-subject-dn",
        description =
            "The subject of the certificate by which it is known, such as CN=bank,O=Bank.")
    String subjectDn = "";

    @Option(
        names = "--certificate-san-dns",
        description = "In place of the subject: a host in its subjectAltName.")
    String sanDns = "";

    @Option(names = "--certificate-san-uri", description = "The same: a URI.")
    String sanUri = "";

    @Option(names = "--certificate-san-ip", description = "The same: an address.")
    String sanIp = "";

    @Option(names = "--certificate-san-email", description = "The same: an e-mail address.")
    String sanEmail = "";

    @Option(
        names = "--certificate-self-signed",
        description = "The keys are those of certificates by which it is known, of its own making.")
    boolean selfSigned;

    @Option(
        names = "--certificate-bound-tokens",
        description = "Its access tokens are bound to the certificate that it shows.")
    boolean certificateBoundTokens;

    private ClientFeatures read(CommandSpec spec) {
      return new ClientFeatures(
          jwks == null ? "" : text(spec, jwks),
          jwksUri,
          pushedRequests,
          boundTokens,
          signedUserInfo,
          backchannelLogoutUri,
          new ClientCertificate(subjectDn, sanDns, sanUri, sanIp, sanEmail, selfSigned),
          certificateBoundTokens);
    }

    private static String text(CommandSpec spec, Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new ParameterException(
            spec.commandLine(),
            "--jwks is '%s', which is no file of text that can be read".formatted(file),
            e);
      }
    }
  }

  private static List<String> or(@Nullable List<String> given, List<String> otherwise) {
    return given == null ? otherwise : given;
  }

  @Command(name = "list", description = "Shows every client, those of varve.yaml too.")
  int list(@Mixin AppFolder app) {
    with(
        app,
        (clients, out) -> {
          clients.settings().clients().values().forEach(client -> out.println(line(client)));
          clients.administration().all().forEach(client -> out.println(line(client)));
        });
    return 0;
  }

  private static String line(ClientSettings client) {
    boolean confidential = !client.secret().isEmpty() || client.description().features().proves();
    return line(client.id(), client.description(), confidential) + "  varve.yaml";
  }

  private static String line(StoredClient client) {
    String line = line(client.id(), client.description(), client.confidential());
    return client.disabledAt().isPresent() ? line + "  disabled" : line;
  }

  private static String line(String id, ClientDescription description, boolean confidential) {
    return "%s  %s  %s  %s"
        .formatted(
            id,
            description.title(),
            confidential ? "confidential" : "public",
            String.join(" ", description.scopes()));
  }

  @Command(name = "rotate", description = "Gives a client a new secret.")
  int rotate(
      @Mixin AppFolder app,
      @Option(names = "--id", required = true, description = "Its client_id.") String id,
      @Option(
              names = "--overlap",
              description =
                  "How long the secret before goes on being good, such as 12h; 0 for not at all. A day when it is left out.")
          @Nullable String overlap) {
    Duration time = overlap == null ? ClientAdministration.OVERLAP : overlap(overlap);
    with(
        app,
        (clients, out) -> {
          WithSecret rotated = clients.administration().rotate(id, time, By.operator());
          rotated.secret().ifPresent(secret -> out.printf("client_secret: %s%n", secret));
        });
    return 0;
  }

  private Duration overlap(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    return DurationText.parse(text)
        .filter(time -> time.compareTo(ClientAdministration.OVERLAP_MAX) <= 0)
        .orElseThrow(() ->
            new ParameterException(
                spec.commandLine(),
                "--overlap is '%s': write a time such as 12h, up to %dd, or 0"
                    .formatted(text, ClientAdministration.OVERLAP_MAX.toDays())));
  }

  @Command(name = "disable", description = "Shuts a client out, and ends what it was given.")
  int disable(
      @Mixin AppFolder app,
      @Option(names = "--id", required = true, description = "Its client_id.") String id) {
    with(
        app,
        (clients, out) -> {
          clients.administration().setDisabled(id, true, By.operator());
          out.printf("%s is disabled%n", id);
        });
    return 0;
  }

  @Command(name = "enable", description = "Lets a client in again.")
  int enable(
      @Mixin AppFolder app,
      @Option(names = "--id", required = true, description = "Its client_id.") String id) {
    with(
        app,
        (clients, out) -> {
          clients.administration().setDisabled(id, false, By.operator());
          out.printf("%s is enabled%n", id);
        });
    return 0;
  }

  @Command(name = "delete", description = "Deletes a client, and ends what it was given.")
  int delete(
      @Mixin AppFolder app,
      @Option(names = "--id", required = true, description = "Its client_id.") String id) {
    with(
        app,
        (clients, out) -> {
          clients.administration().delete(id, By.operator());
          out.printf("%s is deleted%n", id);
        });
    return 0;
  }

  /// The clients of an application that nobody serves.
  private record Known(OAuthSettings settings, ClientAdministration administration) {}

  @FunctionalInterface
  private interface Task {
    void on(Known clients, PrintWriter out);
  }

  private void with(AppFolder app, Task task) {
    AppFolder.LoadedSchema loaded = app.schema();
    Settings settings = Settings.load(app.folder());
    Clock clock = Clock.systemUTC();
    Ids ids = new Ids(clock, new SecureRandom());
    try (AppData data = AppData.hold(app);
        Engine engine = data.start(loaded, settings)) {
      Clients known =
          Clients.declaredIn(settings.oauth(), settings.auth().jwt().algorithm())
              .load(data.database());
      known.serve(Settings.scopes(engine.schema().schema(), settings.gateway()));
      task.on(
          new Known(
              settings.oauth(),
              new ClientAdministration(
                  engine.accounts(data.database(), clock, ids), known, new SecureRandom())),
          out());
      out().flush();
    } catch (WrongSetting wrong) {
      throw Settings.located(app.folder(), wrong);
    } catch (Problem problem) {
      throw new UserMistake(UserCommand.reasons(problem));
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
