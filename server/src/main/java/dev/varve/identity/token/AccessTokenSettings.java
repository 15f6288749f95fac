package dev.varve.identity.token;

import dev.varve.settings.Setting;
import java.time.Duration;

/// Section `auth.accessToken` of `varve.yaml`.
public record AccessTokenSettings(
    @Setting(
            standard = "15m",
            min = 10,
            max = 24 * 60 * 60,
            says = "How long an access token is good for.")
        Duration lifetime) {}
