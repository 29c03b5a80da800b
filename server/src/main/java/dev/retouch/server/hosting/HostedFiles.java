package dev.retouch.server.hosting;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageFormat;

/** Edited images in a folder of the data directory, until their links expire. */
public final class HostedFiles {

    private static final Logger LOG = LoggerFactory.getLogger(HostedFiles.class);
    private static final Pattern NAME = Pattern.compile("img_[0-9a-f]{32}\\.(png|jpg|webp)");

    private final Path folder;
    private final LinkSigner signer;
    private final Clock clock;
    private final Duration lifetime;

    /** Files in {@code files} below the data directory. */
    public HostedFiles(Path dataDir, LinkSigner signer, Clock clock, Duration lifetime) throws IOException {
        this.folder = Files.createDirectories(dataDir.resolve("files"));
        this.signer = signer;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /**
     * An image to be sent.
     *
     * @param name its file name
     * @param mediaType such as {@code image/png}
     * @param size in bytes
     * @param left how long its link still works
     * @param path where it lies
     */
    public record Found(String name, String mediaType, long size, Duration left, Path path) {

        /** Reads it. */
        public InputStream open() throws IOException {
            return Files.newInputStream(path);
        }
    }

    /**
     * An image that has its link.
     *
     * @param link what to hand out
     * @param size in bytes
     * @param path where it lies
     */
    public record Published(URI link, long size, Path path) {

        /** Reads it. */
        public InputStream open() throws IOException {
            return Files.newInputStream(path);
        }
    }

    /** Room for one image. */
    public Upload newUpload() throws IOException {
        return new Upload(folder.resolve("new-" + UUID.randomUUID()));
    }

    /** The image that a link stands for. */
    public Found find(String name, String expires, String signature) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw notThere(name);
        }
        Duration left = signer.check(name, expires, signature);
        Path path = folder.resolve(name);
        try {
            return new Found(name, mediaTypeOf(name), Files.size(path), left, path);
        } catch (NoSuchFileException e) {
            throw notThere(name).because(e);
        }
    }

    /** Removes the images whose links have all expired, and uploads that were never finished. */
    public void removeExpired() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().plus(lifetime).isBefore(clock.instant())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.warn("could not remove expired images", e);
        }
    }

    private static ApiException notThere(String name) {
        return new ApiException(ErrorMessage.FILE_DOES_NOT_EXIST).with("file", name);
    }

    private static String mediaTypeOf(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return Arrays.stream(ImageFormat.values()).filter(format -> format.extension().equals(extension)).findFirst()
                .orElseThrow().mediaType();
    }

    /** Takes the bytes of one image. Closing it unpublished removes them. */
    public final class Upload extends FilterOutputStream {

        private final Path part;
        private final byte[] head = new byte[12];
        private int headLength;
        private boolean open = true;

        private Upload(Path part) throws IOException {
            super(new BufferedOutputStream(Files.newOutputStream(part)));
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
        }

        /** Gives the image a name and a link. Bytes that are no image are refused. */
        public Published publish(URI linkBase) throws IOException {
            String name = "img_" + UUID.randomUUID().toString().replace("-", "") + "." + format().extension();
            closeFile();
            Files.setLastModifiedTime(part, FileTime.from(clock.instant()));
            Path path = Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
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
                OutputStream file = out;
                file.close();
            }
        }

        private ImageFormat format() throws IOException {
            return ImageFormat.byMagic(Arrays.copyOf(head, headLength))
                    .orElseThrow(() -> new IOException("the upstream's image is neither png nor jpeg nor webp"));
        }
    }
}
