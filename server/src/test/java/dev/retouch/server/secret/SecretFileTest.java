package dev.retouch.server.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SecretFileTest {

    private final Path file;
    private final AtomicInteger made = new AtomicInteger();

    SecretFileTest(@TempDir Path folder) {
        this.file = folder.resolve("data").resolve("a.secret");
    }

    private String newSecret() {
        return "secret-" + made.incrementAndGet();
    }

    private List<String> stored() throws IOException {
        try (Stream<Path> files = Files.list(file.getParent())) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void aSecretIsMadeOnceAndKept() throws IOException {
        assertThat(SecretFile.readOrCreate(file, this::newSecret)).isEqualTo("secret-1");
        assertThat(SecretFile.readOrCreate(file, this::newSecret)).isEqualTo("secret-1");
        assertThat(made).hasValue(1);
        assertThat(stored()).containsExactly("a.secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void blanksAroundItDoNotMatter() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "  mine \r\n\n");
        assertThat(SecretFile.readOrCreate(file, this::newSecret)).isEqualTo("mine");
    }

    @Test
    void bytesThatAreNoTextAreNamed() throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[]{(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> SecretFile.readOrCreate(file, this::newSecret)).isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("delete it");
    }

    /** Two gateways that start at once in the same directory agree. */
    @Test
    void startersAtTheSameTimeAgree() throws Exception {
        try (ExecutorService starters = Executors.newFixedThreadPool(8)) {
            for (int round = 0; round < 20; round++) {
                Path shared = file.resolveSibling("shared-" + round);
                CyclicBarrier together = new CyclicBarrier(8);
                List<Future<String>> secrets = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    secrets.add(starters.submit(() -> {
                        together.await();
                        return SecretFile.readOrCreate(shared, this::newSecret);
                    }));
                }
                String first = secrets.getFirst().get();
                for (Future<String> secret : secrets) {
                    assertThat(secret.get()).isEqualTo(first);
                }
            }
        }
        assertThat(stored()).hasSize(20).noneMatch(name -> name.endsWith(".new"));
    }
}
