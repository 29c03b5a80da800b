package dev.retouch.server.storage;

import java.net.URI;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Where an S3-compatible object store is, and how it is called.
 *
 * @param bucket the bucket
 * @param prefix what all names in the bucket begin with, such as {@code retouch/}; may be empty
 * @param endpoint base URL of the store; null for that of AWS
 * @param region the region; null for that of the environment
 * @param pathStyle whether the bucket is in the path of a URL instead of its host name
 * @param presignedUrls whether links to hosted images lead to the store itself
 * @param connectTimeout the longest time to connect
 * @param timeout the longest time of a request with its retries
 */
public record S3Settings(String bucket, String prefix, @Nullable URI endpoint, @Nullable String region,
        boolean pathStyle, boolean presignedUrls, Duration connectTimeout, Duration timeout) {}
