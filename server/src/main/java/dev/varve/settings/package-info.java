/// Settings: what a component of a settings record says of itself ([Setting]), read from `varve.yaml` and the environment
/// with every mistake at once ([SettingsReader]), and the reference made from the same ([SettingsReference]).
///
/// Each room states its own record of settings; `node` gathers them.
@NullMarked
package dev.varve.settings;

import org.jspecify.annotations.NullMarked;
