package dev.varve.identity.account;

import dev.varve.settings.Setting;
import java.time.Duration;

/// How long somebody stays signed in; section `auth.session` of `varve.yaml`.
public record SessionSettings(
    @Setting(
            standard = "30d",
            min = 60,
            max = 3_650 * 24 * 60 * 60L,
            says = "A session ends when its refresh token was not used for this long.")
        Duration idle,
    @Setting(
            standard = "90d",
            min = 60,
            max = 3_650 * 24 * 60 * 60L,
            says =
                "A session ends this long after the sign-in, however much it is used: then the password is asked for again.")
        Duration lifetime) {}
