package dev.retouch.contract.harness;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;
import org.jclouds.blobstore.domain.StorageMetadata;
import org.jclouds.blobstore.options.ListContainerOptions;

/** An S3-compatible object store in the memory of this process, which checks signatures and has one bucket. */
public final class S3Server implements AutoCloseable {

    private static final String BUCKET = "retouch-test";
    private static final String KEY = "test-access-key";
    private static final String SECRET = "test-secret-key";

    private final BlobStoreContext context;
    private final S3Proxy server;

    private S3Server(BlobStoreContext context, S3Proxy server) {
        this.context = context;
        this.server = server;
    }

    /** Starts one. Gateways of this process have its credentials from now on. */
    public static S3Server start() throws Exception {
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        BlobStoreContext context = ContextBuilder.newBuilder(new TransientApiMetadata()).credentials(KEY, SECRET)
                .overrides(new Properties()).buildView(BlobStoreContext.class);
        context.getBlobStore().createContainerInLocation(null, BUCKET);
        S3Proxy server = S3Proxy.builder().blobStore(context.getBlobStore())
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET).endpoint(URI.create("http://127.0.0.1:0"))
                .build();
        server.start();
        return new S3Server(context, server);
    }

    /** Where it listens. */
    public int port() {
        return server.getPort();
    }

    /** The settings of a gateway that stores its files here, through a port of this machine. */
    public Map<String, String> settings(int port) {
        return Map.of("RETOUCH_STORAGE_URL", "s3://" + BUCKET + "/team", "RETOUCH_STORAGE_ENDPOINT",
                "http://127.0.0.1:" + port, "RETOUCH_STORAGE_PATH_STYLE", "true", "RETOUCH_STORAGE_TIMEOUT", "3s");
    }

    /** The environment of a gateway process, which has the settings of {@link #settings} and the credentials of this store. */
    public Map<String, String> environment(int port) {
        Map<String, String> environment = new HashMap<>(settings(port));
        environment.put("AWS_ACCESS_KEY_ID", KEY);
        environment.put("AWS_SECRET_ACCESS_KEY", SECRET);
        return environment;
    }

    /** The names of the objects in a folder of the gateways. */
    public List<String> names(String folder) {
        return context.getBlobStore()
                .list(BUCKET, ListContainerOptions.Builder.recursive().prefix("team/" + folder + "/")).stream()
                .map(StorageMetadata::getName).toList();
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
