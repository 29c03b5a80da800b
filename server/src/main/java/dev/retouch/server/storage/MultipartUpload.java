package dev.retouch.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

import dev.retouch.server.storage.StorageObserver.Operation;

/** Uploads a large file in parts. If a part fails after its retries, the upload is canceled and nothing of it remains. */
final class MultipartUpload {

    /** The size of a part; the store accepts 10,000 of them. */
    static final long PART_SIZE = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);
    private static final String OCTETS = "application/octet-stream";

    private final S3Client client;
    private final StoreCalls calls;
    private final String bucket;
    private final long partSize;

    MultipartUpload(S3Client client, StoreCalls calls, String bucket, long partSize) {
        this.client = client;
        this.calls = calls;
        this.bucket = bucket;
        this.partSize = partSize;
    }

    /** Whether a file of this size has more than one part. */
    boolean isNeededFor(long size) {
        return size > partSize;
    }

    /** Uploads a file. */
    void upload(String key, String mediaType, Path file, long size) throws IOException {
        String id = calls.make(Operation.PUT, key,
                () -> client.createMultipartUpload(create -> create.bucket(bucket).key(key).contentType(mediaType)))
                .uploadId();
        boolean complete = false;
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (long start = 0; start < size; start += partSize) {
                parts.add(part(key, id, parts.size() + 1, file, start, Math.min(partSize, size - start)));
            }
            calls.make(Operation.PUT, key, () -> client.completeMultipartUpload(
                    end -> end.bucket(bucket).key(key).uploadId(id).multipartUpload(all -> all.parts(parts))));
            complete = true;
        } finally {
            if (!complete) {
                cancel(key, id);
            }
        }
    }

    private CompletedPart part(String key, String id, int number, Path file, long start, long length)
            throws IOException {
        String tag = calls.make(Operation.PUT, key,
                () -> client.uploadPart(part -> part.bucket(bucket).key(key).uploadId(id).partNumber(number),
                        RequestBody.fromContentProvider(() -> opened(file, start, length), length, OCTETS)))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    /** A part of the file; each attempt reads it again. */
    private static InputStream opened(Path file, long start, long length) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            channel.position(start);
            return new LimitedInputStream(Channels.newInputStream(channel), length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void cancel(String key, String id) {
        try {
            calls.make(Operation.DELETE, key,
                    () -> client.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(id)));
        } catch (IOException e) {
            LOG.warn("unfinished upload not removed, a lifecycle rule of the bucket should remove it key={}", key, e);
        }
    }
}
