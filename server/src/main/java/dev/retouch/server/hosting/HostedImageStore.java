package dev.retouch.server.hosting;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.storage.ExpiringNames;
import dev.retouch.server.storage.LocalFolder;
import dev.retouch.server.storage.ObjectStore;

/** Stores edited images until their signed URLs expire. */
public final class HostedImageStore {

    private static final Logger LOG = LoggerFactory.getLogger(HostedImageStore.class);
    private static final String FOLDER = "files";
    private static final String PREFIX = "img_";
    private static final Pattern NAME = Pattern
            .compile(PREFIX + ExpiringNames.FORM + "\\.(png|jpg|webp|gif|svg)");

    /** Longer than an image takes to arrive and to be stored. */
    private static final Duration MIN_AGE = Duration.ofHours(1);

    private final ObjectStore store;
    private final LocalFolder unfinished;
    private final HostedLinks links;
    private final UrlSigner signer;
    private final Clock clock;
    private final Duration lifetime;
    private final StorageQuota quota;

    /**
     * Stores images in {@code files} of this store.
     *
     * @param dataDir the data directory, in which images are written before they are stored
     * @param lifetime how long a link works
     * @param quota counts the images
     */
    public HostedImageStore(ObjectStore store, Path dataDir, UrlSigner signer, Clock clock, Duration lifetime,
            StorageQuota quota) throws IOException {
        this.store = store;
        this.unfinished = new LocalFolder(dataDir.resolve(FOLDER));
        this.links = new HostedLinks(store, HostedImageStore::objectName, signer, lifetime);
        this.signer = signer;
        this.clock = clock;
        this.lifetime = lifetime;
        this.quota = quota;
    }

    /**
     * A stored image.
     *
     * @param name its file name
     * @param mediaType the media type, such as {@code image/png}
     * @param size the size in bytes
     * @param left the time until its URL expires
     * @param store the store that has it
     */
    public record Found(String name, String mediaType, long size, Duration left, ObjectStore store) {

        /**
         * Opens the image at a position.
         *
         * @param length how many bytes will be read
         */
        public InputStream open(long start, long length) throws IOException {
            return store.open(objectName(name), start, length);
        }
    }

    /**
     * Rejects an edit that needs the store while the store is unavailable, or while the account has stored its part.
     *
     * @param account root key id
     */
    public void require(String account) {
        store.requireAvailable();
        quota.require(account);
    }

    /**
     * Starts the upload of one image.
     *
     * @param account root key id of the account that the image counts for
     */
    public Upload newUpload(String account) throws IOException {
        return new Upload(account, unfinished.newFile());
    }

    /** The image for a signed URL. */
    public Found find(String name, String expires, String signature) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw notThere(name);
        }
        Duration left = signer.check(name, expires, signature);
        OptionalLong size = store.size(objectName(name));
        return new Found(name, mediaTypeOf(name), size.orElseThrow(() -> notThere(name)), left, store);
    }

    /** The links in stored texts. */
    public HostedLinks links() {
        return links;
    }

    /** Removes images whose URLs have expired, and unfinished uploads. */
    public void removeExpired() {
        unfinished.removeOlder(clock.instant().minus(lifetime.compareTo(MIN_AGE) > 0 ? lifetime : MIN_AGE));
        try {
            ExpiringNames.removeExpired(store, FOLDER, clock.instant());
        } catch (IOException e) {
            LOG.warn("expired images not removed", e);
        }
    }

    /** The name in the store of the image with this file name. */
    private static String objectName(String name) {
        return FOLDER + "/" + ExpiringNames.folder(name.substring(PREFIX.length())) + "/" + name;
    }

    private static ApiException notThere(String name) {
        return new ApiException(ErrorMessage.FILE_DOES_NOT_EXIST).withArgument("file", name);
    }

    private static String mediaTypeOf(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return Arrays.stream(ImageFormat.values()).filter(format -> format.extension().equals(extension)).findFirst()
                .orElseThrow().mediaType();
    }

    /** Receives the bytes of one image. Closing it before {@code publish} deletes them. */
    public final class Upload extends FilterOutputStream {

        private final String account;
        private final Path part;
        private final byte[] head = new byte[ImageFormat.HEAD];
        private int headLength;
        private long length;
        private boolean open = true;

        private Upload(String account, Path part) throws IOException {
            super(new BufferedOutputStream(Channels.newOutputStream(FileChannel.open(part, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE))));
            this.account = account;
            this.part = part;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[]{(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            int step = Math.min(head.length - headLength, length);
            System.arraycopy(source, offset, head, headLength, step);
            headLength += step;
            out.write(source, offset, length);
            this.length += length;
        }

        /**
         * Stores the image under a random name and signs its URL.
         *
         * @throws IOException if the bytes are not a PNG, JPEG or WebP image
         */
        public URI publish(URI linkBase) throws IOException {
            return publish(linkBase, Duration.ZERO);
        }

        /**
         * Gives the image a name and a link. Bytes that are no image are refused.
         *
         * @param retention how much longer than the link the file is kept; if it is longer than zero, a stored response or a task names
         * the image, which must then survive a power failure as they do
         */
        public URI publish(URI linkBase, Duration retention) throws IOException {
            ImageFormat format = format();
            closeFile();
            Instant removedAt = clock.instant().plus(lifetime).plus(retention);
            String name = PREFIX + ExpiringNames.newId(removedAt) + "." + format.extension();
            store.put(new ObjectStore.NewObject(objectName(name), format.mediaType(), part, !retention.isZero()));
            quota.stored(account, removedAt, length);
            return links.newLink(linkBase, name);
        }

        @Override
        public void close() throws IOException {
            closeFile();
            Files.deleteIfExists(part);
        }

        private void closeFile() throws IOException {
            if (open) {
                open = false;
                OutputStream stream = out;
                stream.close();
            }
        }

        private ImageFormat format() throws IOException {
            return ImageFormat.ofReturned(Arrays.copyOf(head, headLength))
                    .orElseThrow(() -> new IOException("the upstream's image has none of the formats that are hosted"));
        }
    }
}
