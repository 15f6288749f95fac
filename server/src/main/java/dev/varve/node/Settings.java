package dev.varve.node;

import dev.varve.face.auth.PageSettings;
import dev.varve.face.file.StaticFolder;
import dev.varve.face.gateway.GatewaySettings;
import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.face.rest.RestSettings;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.identity.mail.MailSettings;
import dev.varve.identity.token.Secrets;
import dev.varve.kernel.UserMistake;
import dev.varve.lane.live.LiveSettings;
import dev.varve.lane.write.WriteSettings;
import dev.varve.net.edge.HttpSettings;
import dev.varve.net.limit.LimitSettings;
import dev.varve.net.limit.RateLimits;
import dev.varve.schema.Schema;
import dev.varve.schema.Scopes;
import dev.varve.settings.Setting;
import dev.varve.settings.SettingDefinition;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.SettingsReader;
import dev.varve.settings.SettingsReference;
import dev.varve.settings.WrongSetting;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.telemetry.TelemetrySettings;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every setting of an application: one record for each feature, one section of `varve.yaml` for each record. A
/// component of such a record is a setting, and says in its [dev.varve.settings.Setting] all there is to know about it.
public record Settings(
    HttpSettings http,
    @Setting(
            says =
                "Limits on how often callers may ask, beside those that are there by default: sign-in, authorize, push, token, register, registration, sign-up, mails, anonymous-graphql and anonymous-writes.")
        List<LimitSettings> limits,
    DatabaseSettings database,
    NodesSettings nodes,
    WriteSettings write,
    CacheSettings cache,
    RestSettings rest,
    GraphQlSettings graphql,
    LiveSettings live,
    AuthSettings auth,
    OAuthSettings oauth,
    PageSettings pages,
    MailSettings mail,
    TelemetrySettings telemetry,
    @Setting(
            max = 20,
            says = "Folders of files that are served, such as the pages of the application.")
        List<StaticFolder> files,
    GatewaySettings gateway) {
  public static final String FILE = "varve.yaml";

  // many times what all settings with their comments need
  private static final int FILE_BYTES_MAX = 256 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

  public Settings {
    RateLimits.require(limits);
    limits = List.copyOf(limits);
    oauth.requireCertificates(http.takesVouchedCertificates(), http.takesAnyCertificate());
  }

  /// Reads `varve.yaml` in the folder, if there is one, with the environment on top.
  ///
  /// @throws UserMistake with every mistake in it
  public static Settings load(Path app) {
    return read(app, System.getenv());
  }

  /// What people read about them.
  public static SettingsReference reference() {
    return new SettingsReference(SettingDefinition.allOf(Settings.class));
  }

  /// What proves wrong when a server starts, such as a certificate that has expired, with the place of its setting.
  public static UserMistake located(Path app, WrongSetting wrong) {
    return reader(app, System.getenv()).located(wrong);
  }

  /// The same of many.
  public static List<String> located(Path app, List<WrongSetting> wrong) {
    SettingsReader reader = reader(app, System.getenv());
    return wrong.stream().map(each -> String.valueOf(reader.located(each).getMessage())).toList();
  }

  /// Where one of these settings is set, the first that is.
  public static Optional<String> placeOf(Path app, String... keys) {
    SettingsReader reader = reader(app, System.getenv());
    return Stream.of(keys).flatMap(key -> reader.placeOf(key).stream()).findFirst();
  }

  private static SettingsReader reader(Path app, Map<String, String> environment) {
    SettingsReader reader =
        new SettingsReader(SettingDefinition.allOf(Settings.class), Secrets.VARIABLES);
    Path file = app.resolve(FILE);
    text(file).ifPresent(text -> reader.readFile(file.toString(), text));
    reader.readEnvironment(environment);
    return reader;
  }

  public static Settings read(Path app, Map<String, String> environment) {
    SettingsReader reader = reader(app, environment);
    if (!reader.mistakes().isEmpty()) {
      throw new UserMistake(reader.mistakes());
    }
    for (String warning : reader.warnings()) {
      LOG.warn(warning);
    }
    try {
      return reader.make(Settings.class).in(app);
    } catch (WrongSetting e) {
      throw reader.located(e);
    }
  }

  private static Optional<String> text(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new UserMistake(
            List.of(file + " is larger than 256 KiB: it holds more than settings"));
      }
      return Optional.of(Files.readString(file));
    } catch (MalformedInputException e) {
      throw new UserMistake(List.of(file + " is not UTF-8 text"));
    } catch (IOException e) {
      throw new UserMistake(List.of("%s cannot be read: %s".formatted(file, e.getMessage())));
    }
  }

  /// The scopes that something asks applications for: rules of the schema, and routes of the gateway.
  public static Set<String> scopes(Schema schema, GatewaySettings gateway) {
    Set<String> scopes = new TreeSet<>(Scopes.of(schema));
    scopes.addAll(gateway.scopes());
    return scopes;
  }

  public Settings with(HttpSettings other) {
    return with("http", other);
  }

  public Settings with(DatabaseSettings other) {
    return with("database", other);
  }

  public Settings with(TelemetrySettings other) {
    return with("telemetry", other);
  }

  private Settings with(String section, Object other) {
    return SettingRecords.changed(this, Map.of(section, other));
  }

  /// The same for whoever writes the application.
  public Settings forDevelopment() {
    return with("graphql", graphql.forDevelopment()).with(http.forDevelopment());
  }

  /// The same, with files and folders beside `varve.yaml` where they are.
  private Settings in(Path app) {
    Settings located = with(http.with(http.tls().in(app)));
    String allowList = graphql.allowList();
    if (!allowList.isEmpty()) {
      located = located.with("graphql", graphql.withAllowList(app.resolve(allowList).toString()));
    }
    if (telemetry.writesAccessFile()) {
      located =
          located.with(telemetry.withAccessLog(app.resolve(telemetry.accessLog()).toString()));
    }
    located = located.with("gateway", gateway.in(app)).with("pages", pages.in(app));
    return files.isEmpty() ? located : located.with("files", foldersIn(app));
  }

  private List<StaticFolder> foldersIn(Path app) {
    List<StaticFolder> placed = new ArrayList<>();
    Set<String> paths = new HashSet<>();
    for (int i = 0; i < files.size(); i++) {
      String key = "files[%d]".formatted(i);
      if (!paths.add(files.get(i).path())) {
        throw new WrongSetting(
            key + ".path",
            "is %s, where another folder is served. Give one of them another path"
                .formatted(files.get(i).path()));
      }
      placed.add(files.get(i).in(app, key));
    }
    return placed;
  }
}
