package dev.retouch.server.hosting;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.storage.DiskStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HostedImageStoreTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final URI BASE = URI.create("https://images.example.com/");
    private static final byte[] PNG = Pictures.png(9, 9);

    private final Path dataDir;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final HostedImageStore files;

    HostedImageStoreTest(@TempDir Path dataDir) throws IOException {
        this.dataDir = dataDir;
        this.files = hosting();
    }

    private HostedImageStore hosting() throws IOException {
        return hosting(dataDir);
    }

    private HostedImageStore hosting(Path folder) throws IOException {
        DiskStore store = new DiskStore(folder);
        return new HostedImageStore(store, folder, new UrlSigner(store, clock, HOUR), clock, HOUR,
                StorageQuota.UNLIMITED);
    }

    private Link publish(byte[] image) throws IOException {
        try (HostedImageStore.Upload upload = files.newUpload("key_a")) {
            upload.write(image, 0, image.length);
            return Link.of(upload.publish(BASE));
        }
    }

    private List<Path> stored() throws IOException {
        try (Stream<Path> stored = Files.walk(dataDir.resolve("files"))) {
            return stored.filter(Files::isRegularFile).toList();
        }
    }

    /** A link taken apart. */
    private record Link(URI uri, String name, String expires, String signature) {

        static Link of(URI uri) {
            String query = uri.getQuery();
            int middle = query.indexOf("&signature=");
            return new Link(uri, uri.getPath().substring("/files/".length()),
                    query.substring("expires=".length(), middle), query.substring(middle + "&signature=".length()));
        }

        HostedImageStore.Found in(HostedImageStore files) throws IOException {
            return files.find(name, expires, signature);
        }
    }

    @Test
    void aLinkLeadsToItsImage() throws IOException {
        Link link = publish(PNG);
        HostedImageStore.Found found = link.in(files);

        assertThat(link.uri().toString()).startsWith("https://images.example.com/files/img_")
                .matches("https://images.example.com/files/img_[0-9a-f]{32}\\.png\\?expires=\\d+&signature=[\\w-]{43}");
        assertThat(found.open(0, PNG.length)).hasBinaryContent(PNG);
        assertThat(found.size()).isEqualTo(PNG.length);
        assertThat(found.mediaType()).isEqualTo("image/png");
        assertThat(found.name()).isEqualTo(link.name());
        assertThat(found.left()).isEqualTo(HOUR);
    }

    @Test
    void theNameEndsAsTheBytesBegin() throws IOException {
        assertThat(publish(Pictures.jpeg(9, 9)).name()).endsWith(".jpg");
        assertThat(publish(Pictures.jpeg(9, 9)).in(files).mediaType()).isEqualTo("image/jpeg");
        assertThat(publish(Pictures.lossyWebp(9, 9)).name()).endsWith(".webp");
        assertThat(publish(Pictures.lossyWebp(9, 9)).in(files).mediaType()).isEqualTo("image/webp");
    }

    @Test
    void aLinkEndsAtItsSecond() throws IOException {
        Link link = publish(PNG);

        clock.advance(HOUR.minusMillis(1));
        assertThat(link.in(files).left()).isEqualTo(Duration.ofMillis(1));
        clock.advance(Duration.ofMillis(1));
        Failures.assertRefused(() -> link.in(files), ErrorMessage.LINK_HAS_EXPIRED, "",
                "This signed URL has expired. Run the edit again.");
    }

    @Test
    void aChangedLinkIsForged() throws IOException {
        Link link = publish(PNG);
        Link other = publish(PNG);
        long expires = Long.parseLong(link.expires());
        String signature = link.signature();
        String changed = (signature.startsWith("A") ? "B" : "A") + signature.substring(1);

        for (Link forged : List.of(new Link(link.uri(), other.name(), link.expires(), signature),
                new Link(link.uri(), link.name(), Long.toString(expires + 1), signature),
                new Link(link.uri(), link.name(), "", signature), new Link(link.uri(), link.name(), "soon", signature),
                new Link(link.uri(), link.name(), link.expires(), changed),
                new Link(link.uri(), link.name(), link.expires(), other.signature()),
                new Link(link.uri(), link.name(), link.expires(), ""),
                new Link(link.uri(), link.name(), link.expires(), signature + "A"),
                new Link(link.uri(), link.name(), link.expires(), "ü"),
                new Link(link.uri(), link.name(), Long.toString(Long.MAX_VALUE), signature))) {
            Failures.assertRefused(() -> forged.in(files), ErrorMessage.LINK_IS_FORGED, "",
                    "The signature of this URL is not valid. Use the URL exactly as the gateway returned it.");
        }
    }

    /** Whoever cannot sign learns nothing about what is there. */
    @ParameterizedTest
    @ValueSource(strings = {"../link.secret", "..%2flink.secret", "img_x.png", "", ".", "img_0.png/",
            "img_00000000000000000000000000000000.exe", "new-00000000-0000-0000-0000-000000000000"})
    void anyOtherNameIsNotThere(String name) {
        Failures.assertRefused(() -> files.find(name, "1", "x"), ErrorMessage.FILE_DOES_NOT_EXIST, "",
                "No such file: " + name + ". Signed URLs expire; run the edit again.");
    }

    @Test
    void linksWorkAfterARestart() throws IOException {
        Link link = publish(PNG);
        assertThat(link.in(hosting()).open(0, PNG.length)).hasBinaryContent(PNG);
    }

    @Test
    void anotherGatewaysLinksDoNotWork(@TempDir Path elsewhere) throws IOException {
        Link link = publish(PNG);
        HostedImageStore others = hosting(elsewhere);
        assertThat(Failures.of(() -> link.in(others)).message()).isEqualTo(ErrorMessage.LINK_IS_FORGED);
    }

    @Test
    void theSecretIsForItsOwnerOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dataDir.resolve("link.secret"))))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no base64!", "AAAA"})
    void aSecretThatIsNoneIsNamed(String content) throws IOException {
        Path secret = dataDir.resolve("link.secret");
        Files.writeString(secret, content);
        assertThatThrownBy(this::hosting).isInstanceOf(IOException.class).hasMessageContaining(secret.toString())
                .hasMessageContaining("delete it");
    }

    @Test
    void removesOnlyFoldersOfHoursInWhichAllHasExpired() throws IOException {
        Link old = publish(PNG);
        clock.advance(Duration.ofHours(2));
        Link fresh = publish(PNG);

        files.removeExpired();
        assertThat(stored()).extracting(path -> path.getFileName().toString()).containsExactly(fresh.name());
        assertThat(fresh.in(files).open(0, PNG.length)).hasBinaryContent(PNG);
        assertThat(Failures.of(() -> old.in(files)).message()).isEqualTo(ErrorMessage.LINK_HAS_EXPIRED);
    }

    @Test
    void keepsImageUntilItsLinkExpires() throws IOException {
        Link link = publish(PNG);
        clock.advance(HOUR.minusMillis(1));
        files.removeExpired();
        assertThat(link.in(files).open(0, PNG.length)).hasBinaryContent(PNG);
    }

    /** Versions before this one stored images without the folder of an hour. */
    @Test
    void servesAndRemovesImageOfEarlierVersion() throws IOException {
        Link link = publish(PNG);
        Path former = dataDir.resolve("files").resolve(link.name());
        Files.move(stored().getFirst(), former);
        Files.setLastModifiedTime(former, FileTime.from(clock.instant()));

        assertThat(link.in(files).open(0, PNG.length)).hasBinaryContent(PNG);
        clock.advance(HOUR.plusSeconds(1));
        files.removeExpired();
        assertThat(former).doesNotExist();
    }

    @Test
    void removesUploadsLeftByACrash() throws IOException {
        Path left = Files.write(dataDir.resolve("files").resolve("new-left"), PNG);
        Files.setLastModifiedTime(left, FileTime.from(clock.instant()));
        files.removeExpired();
        assertThat(left).exists();
        clock.advance(HOUR.plusSeconds(1));
        files.removeExpired();
        assertThat(left).doesNotExist();
    }

    /** A link whose file is gone before its time, say by hand. */
    @Test
    void aMissingFileIsNotThere() throws IOException {
        Link link = publish(PNG);
        Files.delete(stored().getFirst());
        assertThat(Failures.of(() -> link.in(files)).message()).isEqualTo(ErrorMessage.FILE_DOES_NOT_EXIST);
    }

    @Test
    void anUnpublishedUploadLeavesNothing() throws IOException {
        try (HostedImageStore.Upload upload = files.newUpload("key_a")) {
            upload.write(PNG, 0, PNG.length);
            assertThat(stored()).hasSize(1);
        }
        assertThat(stored()).isEmpty();
    }

    @Test
    void refusesNonImageAndLeavesNoFile() throws IOException {
        for (byte[] bytes : List.of(new byte[0], new byte[]{1},
                new byte[]{'G', 'I', 'F', '8', '8', 'a', 1, 0, 1, 0, 0, 0},
                "<html><svg/></html>".getBytes(java.nio.charset.StandardCharsets.UTF_8), Arrays.copyOf(PNG, 7))) {
            assertThatThrownBy(() -> publish(bytes)).isInstanceOf(IOException.class);
        }
        assertThat(stored()).isEmpty();
    }

    @Test
    void animationsAndVectorImagesAreHostedUnderTheirType() throws IOException {
        byte[] svg = "<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);

        assertThat(publish(Pictures.gif(9, 9)).in(files).mediaType()).isEqualTo("image/gif");
        assertThat(publish(svg).in(files).mediaType()).isEqualTo("image/svg+xml");
    }

    @Test
    void bytesMayComeOneByOne() throws IOException {
        try (HostedImageStore.Upload upload = files.newUpload("key_a")) {
            for (byte value : PNG) {
                upload.write(value);
            }
            assertThat(Link.of(upload.publish(BASE)).in(files).open(0, PNG.length)).hasBinaryContent(PNG);
        }
        assertThat(stored()).hasSize(1);
    }
}
