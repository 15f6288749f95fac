package dev.varve.settings;

/// What the constructor of a settings record throws when a value cannot hold; the reader adds where it stands.
///
/// ```
/// throw new WrongSetting("origins[2]", "must be a scheme and a host, such as https://shop.example");
/// ```
public final class WrongSetting extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String component;
  private final String says;

  /// @param component of the record, with the index of its element in a list: `origins[2]`
  /// @param says what follows the name of the setting in the message, with the way out
  public WrongSetting(String component, String says) {
    super(component + " " + says);
    this.component = component;
    this.says = says;
  }

  /// The same of a record within another.
  ///
  /// @param outer the component of the other that holds it
  public WrongSetting in(String outer) {
    return new WrongSetting(outer + "." + component, says);
  }

  String component() {
    return component;
  }

  public String says() {
    return says;
  }
}
