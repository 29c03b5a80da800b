package dev.retouch.server.front;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the port, taken up anew when its files change. Open connections keep the one they began with. Files are
 * compared by what is in them: a time of change says nothing where a link is moved to another folder, as cluster secrets are.
 */
final class Tls implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final TlsFiles files;
    private final SslContextFactory.Server context = new SslContextFactory.Server();
    private final ScheduledExecutorService watch = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("certificate").factory());
    private String content;

    /** Reads the files, which must be right. */
    Tls(TlsFiles files) {
        this.files = files;
        try {
            content = files.content();
        } catch (IOException e) {
            throw new UnusableCertificateException("cannot be read: " + e.getMessage(), e);
        }
        Certificate certificate = Certificate.read(files);
        context.setKeyStore(certificate.store());
        context.setKeyStorePassword(Certificate.STORE_PASSWORD);
        context.setCipherComparator(HTTP2Cipher.COMPARATOR);
        tell(certificate);
    }

    /** What connections are made with. */
    SslContextFactory.Server context() {
        return context;
    }

    /** Begins to look after the files. */
    void watch() {
        ScheduledFuture<?> looks = watch.scheduleWithFixedDelay(this::look, PERIOD.toMillis(), PERIOD.toMillis(),
                TimeUnit.MILLISECONDS);
        LOG.debug("certificate watch begins first-in-ms={}", looks.getDelay(TimeUnit.MILLISECONDS));
    }

    private void look() {
        try {
            String now = files.content();
            if (!now.equals(content)) {
                content = now; // told once, however long it stays as it is
                Certificate certificate = Certificate.read(files);
                context.reload(factory -> factory.setKeyStore(certificate.store()));
                tell(certificate);
            }
        } catch (IOException e) {
            if (!content.isEmpty()) {
                content = "";
                LOG.error("certificate not readable, the one before stays cause={}", e.toString());
            }
        } catch (Exception e) {
            LOG.error("certificate not usable, the one before stays cause={}", e.getMessage());
        }
    }

    private static void tell(Certificate certificate) {
        LOG.info("certificate taken up subject=\"{}\" until={}",
                certificate.chain().getFirst().getSubjectX500Principal(),
                certificate.chain().getFirst().getNotAfter().toInstant());
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
