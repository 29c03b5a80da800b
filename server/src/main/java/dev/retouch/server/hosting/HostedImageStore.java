package dev.retouch.server.hosting;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageFormat;

/** Stores edited images in a folder of the data directory until their signed URLs expire. */
public final class HostedImageStore {

    private static final Logger LOG = LoggerFactory.getLogger(HostedImageStore.class);
    private static final Pattern NAME = Pattern.compile("img_[0-9a-f]{32}\\.(png|jpg|webp|gif|svg)");

    private static final Pattern LINK = Pattern
            .compile("/files/(img_[0-9a-f]{32}\\.[a-z]{3,4})\\?expires=(\\d{10})&signature=([A-Za-z0-9_-]{43})");

    private final Path folder;
    private final UrlSigner signer;
    private final Clock clock;
    private final Duration lifetime;

    /** Stores files in {@code files} below the data directory. */
    public HostedImageStore(Path dataDir, UrlSigner signer, Clock clock, Duration lifetime) throws IOException {
        this.folder = Files.createDirectories(dataDir.resolve("files"));
        this.signer = signer;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /**
     * A stored image.
     *
     * @param name its file name
     * @param mediaType the media type, such as {@code image/png}
     * @param size the size in bytes
     * @param left the time until its URL expires
     * @param path the path of the file
     */
    public record Found(String name, String mediaType, long size, Duration left, Path path) {

        /** Opens the file. */
        public InputStream open() throws IOException {
            return Files.newInputStream(path);
        }
    }

    /**
     * A stored image with its signed URL.
     *
     * @param link the signed URL
     * @param size the size in bytes
     * @param path the path of the file
     */
    public record Published(URI link, long size, Path path) {

        /** Opens the file. */
        public InputStream open() throws IOException {
            return Files.newInputStream(path);
        }
    }

    /** Starts the upload of one image. */
    public Upload newUpload() throws IOException {
        return new Upload(folder.resolve("new-" + UUID.randomUUID()));
    }

    /** The image for a signed URL. */
    public Found find(String name, String expires, String signature) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw notThere(name);
        }
        Duration left = signer.check(name, expires, signature);
        Path path = folder.resolve(name);
        try {
            return new Found(name, mediaTypeOf(name), Files.size(path), left, path);
        } catch (NoSuchFileException e) {
            throw notThere(name).withCause(e);
        }
    }

    /**
     * The same text with its links to hosted files signed anew, so that they work from now on as long as new links do. Links that were
     * not made by this gateway stay as they are. The text keeps its length.
     */
    public String renewed(String text) {
        return LINK.matcher(text).replaceAll(link -> Matcher.quoteReplacement(
                signer.isOwn(link.group(1), link.group(2), link.group(3))
                        ? "/files/" + link.group(1) + "?" + signer.query(link.group(1))
                        : link.group()));
    }

    /** Reads a stored text whose links work from now on; see {@link #renewed}. */
    public InputStream renewing(InputStream text) {
        return new RenewingInputStream(text, this);
    }

    /** Removes images whose URLs have expired, and unfinished uploads. */
    public void removeExpired() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                removeIfExpired(file);
            }
        } catch (IOException e) {
            LOG.warn("expired images not removed", e);
        }
    }

    private void removeIfExpired(Path file) throws IOException {
        try {
            if (Files.getLastModifiedTime(file).toInstant().plus(lifetime).isBefore(clock.instant())) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("image already published or removed file={}", file.getFileName());
        }
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

        private final Path part;
        private final FileChannel file;
        private final byte[] head = new byte[ImageFormat.HEAD];
        private int headLength;
        private boolean open = true;

        private Upload(Path part) throws IOException {
            this(part, FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE));
        }

        private Upload(Path part, FileChannel file) {
            super(new BufferedOutputStream(Channels.newOutputStream(file)));
            this.part = part;
            this.file = file;
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
        }

        /**
         * Stores the image under a random name and signs its URL.
         *
         * @throws IOException if the bytes are not a PNG, JPEG or WebP image
         */
        public Published publish(URI linkBase) throws IOException {
            return publish(linkBase, Duration.ZERO);
        }

        /**
         * Gives the image a name and a link. Bytes that are no image are refused.
         *
         * @param retention how much longer than the link the file is kept; if it is longer than zero, a stored response or a task names
         * the image, which must then survive a power failure as they do
         */
        public Published publish(URI linkBase, Duration retention) throws IOException {
            String name = "img_" + UUID.randomUUID().toString().replace("-", "") + "." + format().extension();
            boolean named = !retention.isZero();
            if (named) {
                out.flush();
                file.force(true);
            }
            closeFile();
            Files.setLastModifiedTime(part, FileTime.from(clock.instant().plus(retention)));
            Path path = Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            if (named) {
                DirectorySync.force(folder);
            }
            return new Published(signer.link(linkBase, name), Files.size(path), path);
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
