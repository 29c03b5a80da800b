package dev.retouch.server.http;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS context of the port; reloads the certificate when its files change. Open connections keep theirs. Compares
 * the content of the files, because cluster secrets change by a link and keep their time of modification.
 */
final class ReloadingTlsContext implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReloadingTlsContext.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final TlsFiles files;
    private final SslContextFactory.Server context = new SslContextFactory.Server();
    private final ScheduledExecutorService watch = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("certificate").factory());
    private String content;
    private volatile Instant expiry = Instant.MAX;

    /** Reads the files, which must be valid. */
    ReloadingTlsContext(TlsFiles files) {
        this.files = files;
        try {
            content = files.content();
        } catch (IOException e) {
            throw new InvalidCertificateException("cannot be read: " + e.getMessage(), e);
        }
        TlsCertificate certificate = TlsCertificate.read(files);
        context.setKeyStore(certificate.store());
        context.setKeyStorePassword(TlsCertificate.STORE_PASSWORD);
        context.setCipherComparator(HTTP2Cipher.COMPARATOR);
        logExpiry(certificate);
    }

    /** Returns the context for new connections. */
    SslContextFactory.Server context() {
        return context;
    }

    /** Starts watching the files. */
    void watch() {
        ScheduledFuture<?> looks = watch.scheduleWithFixedDelay(this::look, PERIOD.toMillis(), PERIOD.toMillis(),
                TimeUnit.MILLISECONDS);
        LOG.debug("certificate watch started first-in-ms={}", looks.getDelay(TimeUnit.MILLISECONDS));
    }

    private void look() {
        try {
            String now = files.content();
            if (!now.equals(content)) {
                content = now; // logged once per content
                TlsCertificate certificate = TlsCertificate.read(files);
                context.reload(factory -> factory.setKeyStore(certificate.store()));
                logExpiry(certificate);
            }
        } catch (IOException e) {
            if (!content.isEmpty()) {
                content = "";
                LOG.error("certificate not readable, previous certificate stays cause=\"{}\"", e.toString());
            }
        } catch (Exception e) {
            LOG.error("certificate not valid, previous certificate stays cause=\"{}\"", e.getMessage());
        }
    }

    private void logExpiry(TlsCertificate certificate) {
        expiry = certificate.chain().getFirst().getNotAfter().toInstant();
        LOG.info("certificate reloaded subject=\"{}\" until={}",
                certificate.chain().getFirst().getSubjectX500Principal(), expiry);
    }

    /** Returns when the certificate in use expires. */
    Instant expiry() {
        return expiry;
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
