package dev.retouch.contract.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** A self-signed certificate for this machine, as PEM files in a folder. */
final class SelfSigned {

    private static final String PASSWORD = "for-this-test";

    private final KeyStore store;

    private SelfSigned(KeyStore store) {
        this.store = store;
    }

    /** Makes one. */
    static SelfSigned make(Path folder, String name) throws IOException, GeneralSecurityException {
        Path file = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "gateway", "-keyalg", "EC", "-dname", "CN=" + name, "-ext",
                "san=ip:127.0.0.1", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve(name + ".log").toFile()).start();
        try {
            assertThat(keytool.waitFor()).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return new SelfSigned(store);
    }

    /** Writes both files, replacing existing ones, and returns the settings that name them. */
    Map<String, String> write(Path folder) throws IOException, GeneralSecurityException {
        Path certificate = folder.resolve("gateway.crt");
        Path key = folder.resolve("gateway.key");
        Files.writeString(certificate, pem("CERTIFICATE", store.getCertificate("gateway").getEncoded()));
        Files.writeString(key, pem("PRIVATE KEY", store.getKey("gateway", PASSWORD.toCharArray()).getEncoded()));
        return Map.of("RETOUCH_TLS_CERTIFICATE", certificate.toString(), "RETOUCH_TLS_KEY", key.toString());
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }

    /** What a client needs that trusts this one and no other. */
    SSLContext trusting() throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("gateway", store.getCertificate("gateway"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
