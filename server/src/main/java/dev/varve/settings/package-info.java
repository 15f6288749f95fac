/// Settings: what a component of a settings record says of itself ([Setting]), read from `varve.yaml` and the environment
/// with every mistake at once and its place ([SettingsReader]), the reference made from the same ([SettingsReference]), and
/// copies in which a component is another one ([SettingRecords]).
///
/// Each room states its own record of settings; `node` gathers them. A record refuses values that do not go together with
/// [WrongSetting]. A component is a value, a list of texts, texts by
/// name, a record of further settings, a list of records, or records by name.
@NullMarked
package dev.varve.settings;

import org.jspecify.annotations.NullMarked;
