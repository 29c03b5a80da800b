package dev.retouch.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * A certificate chain whose private key is verified to match.
 *
 * @param chain certificate and its issuers
 * @param key private key
 */
record TlsCertificate(List<X509Certificate> chain, PrivateKey key) {

    /** Not a secret: the key store never leaves this process. */
    static final String STORE_PASSWORD = "in-memory";

    /**
     * Reads the files. Rejects a certificate and key that do not match, which happens if the files are replaced one
     * after the other.
     */
    static TlsCertificate read(TlsFiles files) {
        try {
            List<X509Certificate> chain = chain(files.certificate());
            TlsCertificate read = new TlsCertificate(chain,
                    key(files.key(), chain.getFirst().getPublicKey().getAlgorithm()));
            if (!read.fits()) {
                throw new GeneralSecurityException("the key is not that of the certificate");
            }
            return read;
        } catch (IOException | GeneralSecurityException e) {
            throw new InvalidCertificateException(
                    files.certificate() + " and " + files.key() + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> chain(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> chain = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast).toList();
            if (chain.isEmpty()) {
                throw new GeneralSecurityException("there is no certificate in the first");
            }
            return chain;
        }
    }

    /** Reads a private key in PKCS #8 or in a traditional form, with the curve in a block before it. */
    private static PrivateKey key(Path file, String algorithm) throws IOException, GeneralSecurityException {
        try (PEMParser blocks = new PEMParser(Files.newBufferedReader(file))) {
            for (Object block = blocks.readObject(); block != null; block = blocks.readObject()) {
                switch (block) {
                    case PrivateKeyInfo key -> {
                        return key(key, algorithm);
                    }
                    case PEMKeyPair pair -> {
                        return key(pair.getPrivateKeyInfo(), algorithm);
                    }
                    case PEMEncryptedKeyPair _,PKCS8EncryptedPrivateKeyInfo _ -> throw new GeneralSecurityException(
                            "the key has a passphrase; write it without one, readable for the gateway only");
                    default -> {
                        // the curve of the key that follows
                    }
                }
            }
        }
        throw new GeneralSecurityException("there is no private key in the second");
    }

    private static PrivateKey key(PrivateKeyInfo read, String algorithm) throws IOException, GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(read.getEncoded()));
    }

    private boolean fits() throws GeneralSecurityException {
        Signature signature = Signature.getInstance(switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        });
        byte[] text = {1, 2, 3};
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(chain.getFirst().getPublicKey());
        signature.update(text);
        return signature.verify(signed);
    }

    /** Returns a key store for Jetty. */
    KeyStore store() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("gateway", key, STORE_PASSWORD.toCharArray(), chain.toArray(X509Certificate[]::new));
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot create a key store in memory", e);
        }
    }
}
