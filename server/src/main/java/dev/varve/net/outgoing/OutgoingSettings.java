package dev.varve.net.outgoing;

import dev.varve.kernel.AddressRange;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.nio.file.Path;
import java.util.List;

/// Calls to servers that others name; section `outgoing` of `varve.yaml`.
public record OutgoingSettings(
    @Setting(
            max = 100,
            says =
                "Networks of your own, such as 10.1.0.0/16, in which servers may be called that others name, also without TLS. Without any, those alone that everybody can reach.")
        List<String> networks,
    @Setting(
            says =
                "A PEM file with the authorities that their certificates may come from, beside varve.yaml; without one, those that the JDK knows.")
        String ca,
    @Setting(
            standard = "5",
            min = 1,
            max = 60,
            says =
                "How many seconds such a server has for its answer: somebody may be waiting for it at a page.")
        int timeoutSeconds) {
  public static final OutgoingSettings DEFAULT = new OutgoingSettings(List.of(), "", 5);

  public OutgoingSettings {
    networks = List.copyOf(networks);
    for (int i = 0; i < networks.size(); i++) {
      if (AddressRange.of(networks.get(i)).isEmpty()) {
        throw new WrongSetting(
            "networks[%d]".formatted(i),
            "is '%s', which is neither an address nor a network such as 10.1.0.0/16"
                .formatted(networks.get(i)));
      }
    }
  }

  /// The same, with its file where it is.
  ///
  /// @param app the folder of `varve.yaml`
  public OutgoingSettings in(Path app) {
    return ca.isEmpty()
        ? this
        : new OutgoingSettings(networks, app.resolve(ca).toString(), timeoutSeconds);
  }

  List<AddressRange> ranges() {
    return networks.stream().map(word -> AddressRange.of(word).orElseThrow()).toList();
  }
}
