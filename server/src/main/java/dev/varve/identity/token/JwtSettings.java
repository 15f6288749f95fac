package dev.varve.identity.token;

import dev.varve.settings.Setting;

/// How access tokens are signed; section `auth.jwt` of `varve.yaml`.
public record JwtSettings(
    @Setting(
            standard = "RS256",
            says =
                "How access tokens are signed. HS256 needs the environment variable VARVE_AUTH_JWT_SECRET; the keys of the others are made when they are first needed.")
        SigningAlgorithm algorithm,
    @Setting(
            standard = "90",
            min = 1,
            max = 3_650,
            says =
                "After how many days a new key signs. The old one stays published as long as tokens that it signed can live.")
        int rotationDays) {}
