package dev.retouch.server.front;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

import nl.altindag.ssl.pem.util.PemUtils;

/**
 * A certificate that can be used, because its key has been tried on it.
 *
 * @param chain the certificate and those behind it
 * @param key its private key
 */
record Certificate(List<X509Certificate> chain, PrivateKey key) {

    /** Protects nothing: the store never leaves this process. */
    static final String STORE_PASSWORD = "in-memory";

    /** Reads it, and refuses a pair that does not fit, which is what files look like that are replaced one after the other. */
    static Certificate read(TlsFiles files) {
        try {
            List<X509Certificate> chain = List.copyOf(PemUtils.loadCertificate(files.certificate()));
            if (chain.isEmpty()) {
                throw new GeneralSecurityException("there is no certificate in the first");
            }
            Certificate read = new Certificate(chain,
                    key(chain.getFirst().getPublicKey(), PemUtils.loadPrivateKey(files.key())));
            if (!read.fits()) {
                throw new GeneralSecurityException("the key is not that of the certificate");
            }
            return read;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new UnusableCertificateException(
                    files.certificate() + " and " + files.key() + " cannot be used: " + reason(e), e);
        }
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** The key as the JDK knows it, whatever the reader of the file calls its algorithm. */
    private static PrivateKey key(PublicKey certified, PrivateKey read) throws GeneralSecurityException {
        return KeyFactory.getInstance(certified.getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(read.getEncoded()));
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

    /** The same as the server takes it. */
    KeyStore store() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("gateway", key, STORE_PASSWORD.toCharArray(), chain.toArray(X509Certificate[]::new));
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("a store in memory can always be made", e);
        }
    }
}
