package dev.varve.identity.account;

import dev.varve.settings.Setting;

/// What it costs to hash a password with Argon2id; section `auth.password` of `varve.yaml`. The defaults are those
/// that OWASP recommends. Hashes of lower cost are made anew when their owners sign in.
public record PasswordSettings(
    @Setting(
            standard = "19456",
            min = 7_168,
            max = PasswordHash.MEMORY_KIBIBYTES_MAX,
            says =
                "The memory that one password hash takes, in KiB. It is kept for the next hash, once for each core.")
        int memoryKibibytes,
    @Setting(
            standard = "2",
            min = 1,
            max = PasswordHash.ITERATIONS_MAX,
            says = "How many times a password hash passes over its memory.")
        int iterations,
    @Setting(
            standard = "1",
            min = 1,
            max = PasswordHash.PARALLELISM_MAX,
            says = "How many lanes the memory of a password hash has.")
        int parallelism,
    @Setting(
            standard = "64",
            min = 1,
            max = 100_000,
            says =
                "How many password hashes may wait for a core; further ones are refused with 503.")
        int queuedHashesMax) {}
