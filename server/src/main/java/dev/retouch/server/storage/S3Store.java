package dev.retouch.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import dev.retouch.server.storage.StorageObserver.Operation;

/** Stores objects in a bucket of an S3-compatible object store. Uploads of large files have parts, each with its own retries. */
public final class S3Store implements ObjectStore {

    private static final String PROBE = "probe";
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(3);
    /** The longest time that a presigned URL can work, by the signature's rules. */
    private static final Duration MAX_LINK = Duration.ofDays(7);
    private static final int PRECONDITION_FAILED = 412;

    private final S3Settings settings;
    private final S3Client client;
    private final S3Presigner presigner;
    private final StoreCalls calls;
    private final MultipartUpload parts;
    private final StoreAvailability availability;

    /**
     * Stores objects in the bucket of these settings, with the credentials that the SDK finds. Does not connect yet.
     *
     * @param observer receives the ends of requests
     * @throws StorageException if settings and environment are not complete
     */
    public S3Store(S3Settings settings, StorageObserver observer) throws StorageException {
        this(settings, observer, MultipartUpload.PART_SIZE);
    }

    S3Store(S3Settings settings, StorageObserver observer, long partSize) throws StorageException {
        this.settings = settings;
        try {
            this.client = S3Clients.client(settings);
            this.presigner = S3Clients.presigner(settings);
        } catch (SdkException e) { // such as an unknown region
            throw new StorageException(String.valueOf(e.getMessage()), e);
        }
        this.calls = new StoreCalls(observer);
        this.parts = new MultipartUpload(client, calls, settings.bucket(), partSize);
        this.availability = new StoreAvailability(this::storeProbe, System::nanoTime);
    }

    private String key(String name) {
        return settings.prefix() + name;
    }

    @Override
    public void put(NewObject object) throws IOException {
        try {
            upload(object);
            availability.succeeded();
        } catch (StorageException e) {
            availability.failed(e);
            throw e;
        }
        Files.deleteIfExists(object.file());
    }

    private void upload(NewObject object) throws IOException {
        long size = Files.size(object.file());
        if (parts.isNeededFor(size)) {
            parts.upload(key(object.name()), object.mediaType(), object.file(), size);
        } else {
            calls.make(Operation.PUT, object.name(),
                    () -> client.putObject(newObject(object.name()).contentType(object.mediaType()).build(),
                            RequestBody.fromFile(object.file())));
        }
    }

    private PutObjectRequest.Builder newObject(String name) {
        return PutObjectRequest.builder().bucket(settings.bucket()).key(key(name));
    }

    @Override
    public OptionalLong size(String name) throws IOException {
        try {
            return OptionalLong.of(calls.make(Operation.HEAD, name,
                    () -> client.headObject(head -> head.bucket(settings.bucket()).key(key(name)))).contentLength());
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public InputStream open(String name, long start, long length) throws IOException {
        return new ObjectInputStream(calls.make(Operation.GET, name, () -> client.getObject(get -> {
            get.bucket(settings.bucket()).key(key(name));
            if (length > 0) {
                get.range("bytes=" + start + "-" + (start + length - 1));
            }
        })));
    }

    @Override
    public Listing list(String folder) throws IOException {
        List<String> folders = new ArrayList<>();
        List<Listing.Entry> files = new ArrayList<>();
        String path = key(folder) + "/";
        for (ListObjectsV2Response page : pages(path, "/")) {
            page.commonPrefixes().stream().map(CommonPrefix::prefix)
                    .forEach(prefix -> folders.add(prefix.substring(path.length(), prefix.length() - 1)));
            page.contents().forEach(object -> files.add(new Listing.Entry(
                    object.key().substring(settings.prefix().length()), object.lastModified())));
        }
        return new Listing(folders, files);
    }

    /** All pages of a listing; with a delimiter only of one level. */
    private List<ListObjectsV2Response> pages(String path, String delimiter) throws IOException {
        List<ListObjectsV2Response> pages = new ArrayList<>();
        do {
            String next = pages.isEmpty() ? null : pages.getLast().nextContinuationToken();
            pages.add(calls.make(Operation.LIST, path,
                    () -> client.listObjectsV2(list -> list.bucket(settings.bucket()).prefix(path)
                            .delimiter(delimiter.isEmpty() ? null : delimiter).continuationToken(next))));
        } while (Boolean.TRUE.equals(pages.getLast().isTruncated()));
        return pages;
    }

    /** Deletes one by one: some stores do not support the deletion of several objects by one request. */
    @Override
    public void removeFolder(String folder) throws IOException {
        for (ListObjectsV2Response page : pages(key(folder) + "/", "")) {
            for (S3Object object : page.contents()) {
                calls.make(Operation.DELETE, object.key(), () -> client
                        .deleteObject(delete -> delete.bucket(settings.bucket()).key(object.key())));
            }
        }
    }

    @Override
    public String secret(String name, Supplier<String> newSecret) throws IOException {
        try {
            return text(name);
        } catch (NoSuchFileException e) {
            calls.make(Operation.PUT, name, () -> create(name, newSecret.get()));
            return text(name);
        }
    }

    /** Creates an object unless it exists, so that instances that start at once agree. */
    private boolean create(String name, String text) {
        try {
            client.putObject(newObject(name).contentType("text/plain").ifNoneMatch("*").build(),
                    RequestBody.fromString(text));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == PRECONDITION_FAILED) {
                return false;
            }
            throw e;
        }
    }

    private String text(String name) throws IOException {
        try (InputStream in = open(name, 0, 0)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    @Override
    public Optional<Path> local(String name) {
        return Optional.empty();
    }

    @Override
    public String location(String name) {
        return "s3://" + settings.bucket() + "/" + key(name);
    }

    @Override
    public Optional<URI> link(String name, Duration lifetime) throws IOException {
        if (!makesLinks()) {
            return Optional.empty();
        }
        Duration valid = lifetime.compareTo(MAX_LINK) > 0 ? MAX_LINK : lifetime;
        try {
            return Optional.of(URI.create(presigner.presignGetObject(link -> link.signatureDuration(valid)
                    .getObjectRequest(get -> get.bucket(settings.bucket()).key(key(name)))).url().toString()));
        } catch (SdkException e) {
            throw new StorageException("a URL of the object store could not be signed: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean makesLinks() {
        return settings.presignedUrls();
    }

    @Override
    public void requireAvailable() {
        availability.require();
    }

    @Override
    public boolean isAvailable() {
        return availability.isAvailable();
    }

    @Override
    public void probe() {
        availability.refresh();
    }

    private void storeProbe() throws IOException {
        calls.make(Operation.PUT, PROBE,
                () -> client.putObject(
                        newObject(PROBE).contentType("text/plain")
                                .overrideConfiguration(call -> call.apiCallTimeout(PROBE_TIMEOUT)).build(),
                        RequestBody.fromString("The gateway stores this object to see whether it can.\n")));
    }

    @Override
    public void close() {
        presigner.close();
        client.close();
    }
}
