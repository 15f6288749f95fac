package dev.varve.identity.token;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.nimbusds.jose.jca.JCAAware;
import com.nimbusds.jose.jca.JCAContext;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Native code that calculates signatures: AWS-LC, by way of the Amazon Corretto Crypto Provider. Where there is none for a machine, the
/// code of Java does it, with the same outcome and in several times as long.
///
/// It is loaded with the first key that is made or read, or when something is first verified: a server that has none starts without.
final class NativeCode {
  static final NativeCode OF_THIS_MACHINE = new NativeCode(() -> Loaded.PROVIDER);

  /// That of Java alone.
  static final NativeCode NONE = new NativeCode(Optional::empty);

  private static final Logger LOG = LoggerFactory.getLogger(NativeCode.class);

  private final Supplier<Optional<Provider>> provider;

  private NativeCode(Supplier<Optional<Provider>> provider) {
    this.provider = provider;
  }

  private static final class Loaded {
    static final Optional<Provider> PROVIDER = load();

    private static Optional<Provider> load() {
      AmazonCorrettoCryptoProvider found = AmazonCorrettoCryptoProvider.INSTANCE;
      @Nullable Throwable error = found.getLoadingError();
      if (error != null) {
        LOG.info(
            "Signatures take longer than they could: there is no native code for this machine ({})",
            error.toString());
        return Optional.empty();
      }
      return Optional.of(found);
    }
  }

  /// Whether there is some.
  boolean isThere() {
    return provider.get().isPresent();
  }

  /// Lets a signer or a verifier calculate here.
  void take(JCAAware<? extends JCAContext> calculating) {
    provider.get().ifPresent(calculating.getJCAContext()::setProvider);
  }

  /// The same key, as it is calculated with here: to translate one takes longer than to sign.
  PrivateKey own(PrivateKey key) {
    return provider.get().map(there -> (PrivateKey) translated(key, there)).orElse(key);
  }

  /// What makes pairs of keys: here those of RSA, for which Java's own code takes several times as long.
  KeyPairGenerator generator(String type) throws GeneralSecurityException {
    Optional<Provider> there = provider.get().filter(_ -> type.equals("RSA"));
    return there.isPresent()
        ? KeyPairGenerator.getInstance(type, there.get())
        : KeyPairGenerator.getInstance(type);
  }

  /// The same of the public key of a curve.
  ECPublicKey own(ECPublicKey key) {
    return provider.get().map(there -> (ECPublicKey) translated(key, there)).orElse(key);
  }

  private static Key translated(Key key, Provider to) {
    try {
      return KeyFactory.getInstance(key.getAlgorithm(), to).translateKey(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A key is none for " + to.getName(), e);
    }
  }
}
