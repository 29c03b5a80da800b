package dev.retouch.server.storage;

import java.net.URI;
import java.time.Duration;
import java.util.Properties;

import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;

/** An S3-compatible server in memory that checks signatures, with a bucket. */
public final class TestStore implements AutoCloseable {

    /** Its bucket. */
    public static final String BUCKET = "images";

    private static final String KEY = "test-access-key";
    private static final String SECRET = "test-secret-key";

    private final BlobStoreContext context;
    private final S3Proxy server;

    private TestStore(BlobStoreContext context, S3Proxy server) {
        this.context = context;
        this.server = server;
    }

    /** Starts one in this process, and sets the credentials of the process. */
    public static TestStore start() throws Exception {
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        BlobStoreContext context = ContextBuilder.newBuilder(new TransientApiMetadata()).credentials(KEY, SECRET)
                .overrides(new Properties()).buildView(BlobStoreContext.class);
        context.getBlobStore().createContainerInLocation(null, BUCKET);
        S3Proxy server = S3Proxy.builder().blobStore(context.getBlobStore())
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET).endpoint(URI.create("http://127.0.0.1:0"))
                .build();
        server.start();
        return new TestStore(context, server);
    }

    BlobStore blobs() {
        return context.getBlobStore();
    }

    /** Its port. */
    public int port() {
        return server.getPort();
    }

    S3Settings settings() {
        return settings(port());
    }

    /** Settings that reach the server through this port. */
    static S3Settings settings(int port) {
        return new S3Settings(BUCKET, "team/", URI.create("http://127.0.0.1:" + port), "us-east-1", true, true,
                Duration.ofSeconds(1), Duration.ofSeconds(4));
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) { // declared so by the server
            throw new IllegalStateException(e);
        }
        context.close();
    }
}
