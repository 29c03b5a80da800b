package dev.retouch.server.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.settings.ByteSize;
import dev.retouch.server.settings.SettingChecks;
import dev.retouch.server.storage.S3Settings;

/**
 * Where hosted images, stored responses and the images of tasks are stored.
 *
 * @param url {@code s3://bucket/prefix}, or null for the data directory
 * @param endpoint the base URL of an S3-compatible store, or null for that of AWS
 * @param region the region; empty for that of the environment
 * @param pathStyle whether the bucket is in the path of a URL instead of its host name
 * @param presignedUrls whether links to hosted images lead to the store itself
 * @param quotaPerKey the size of what a key may have stored; 0 for no limit, empty for a quarter of the disk
 * @param connectTimeout the longest time to connect
 * @param timeout the longest time of a request with its retries
 */
public record StorageSettings(@Nullable URI url, @Nullable URI endpoint, String region, boolean pathStyle,
        boolean presignedUrls, String quotaPerKey, Duration connectTimeout, Duration timeout) {

    private static final String SCHEME = "s3";
    /** A region that stores without regions accept. */
    private static final String ANY_REGION = "us-east-1";
    private static final int SHARES_OF_DISK = 4;

    /** Rejects a URL that names no bucket, and times that are not positive. */
    public StorageSettings {
        url = url == null || url.toString().isEmpty() ? null : url;
        SettingChecks.check(url == null || (SCHEME.equals(url.getScheme()) && url.getAuthority() != null
                && url.getQuery() == null && url.getFragment() == null), "url",
                "must be s3://bucket or s3://bucket/prefix");
        endpoint = SettingChecks.httpUrl(endpoint, "endpoint");
        region = region.strip();
        quotaPerKey = quotaPerKey.strip();
        SettingChecks.check(quotaPerKey.isEmpty() || ByteSize.isSize(quotaPerKey), "quota-per-key",
                "must be a size like 20GB, or 0 for no limit");
        SettingChecks.positive(connectTimeout, "connect-timeout");
        SettingChecks.check(timeout.compareTo(Duration.ofSeconds(1)) >= 0, "timeout", "must be at least 1s");
    }

    /**
     * The bytes that a key may have stored; empty for no limit.
     *
     * @param dataDir the data directory, on whose disk files are stored if there is no object store
     */
    public OptionalLong maxBytesPerKey(Path dataDir) throws IOException {
        if (!quotaPerKey.isEmpty()) {
            long quota = ByteSize.parse(quotaPerKey).bytes();
            return quota == 0 ? OptionalLong.empty() : OptionalLong.of(quota);
        }
        return url == null
                ? OptionalLong.of(Files.getFileStore(dataDir).getTotalSpace() / SHARES_OF_DISK)
                : OptionalLong.empty();
    }

    /** The object store; empty if files are stored in the data directory. */
    public Optional<S3Settings> s3() {
        URI bucket = url;
        if (bucket == null) {
            return Optional.empty();
        }
        String path = bucket.getPath().replaceAll("^/+|/+$", "");
        String usual = endpoint == null ? null : ANY_REGION;
        return Optional.of(new S3Settings(bucket.getAuthority(), path.isEmpty() ? "" : path + "/", endpoint,
                region.isEmpty() ? usual : region, pathStyle, presignedUrls, connectTimeout, timeout));
    }
}
