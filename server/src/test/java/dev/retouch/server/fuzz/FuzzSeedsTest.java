package dev.retouch.server.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import dev.retouch.server.answer.AnswerFuzz;
import dev.retouch.server.image.ImageFuzz;
import dev.retouch.server.intake.InlineImageFuzz;
import dev.retouch.server.intake.MultipartFuzz;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The targets of the fuzzer on their seeds, among them every input that it found, and on damaged copies. For more, with the fuzzer:
 *
 * <pre>
 * mvn -q verify -Pfuzz -pl server -am -DskipTests -Dfuzz.target=intake.MultipartFuzz -Dfuzz.seconds=600
 * </pre>
 */
class FuzzSeedsTest {

    private static final Path SEEDS = Path.of("src", "test", "fuzz");
    private static final int COPIES = 40;

    @FunctionalInterface
    private interface Target {
        void accept(byte[] data) throws IOException;
    }

    private static final Map<String, Target> TARGETS = Map.of("intake.MultipartFuzz",
            MultipartFuzz::fuzzerTestOneInput, "intake.InlineImageFuzz", InlineImageFuzz::fuzzerTestOneInput,
            "answer.AnswerFuzz", AnswerFuzz::fuzzerTestOneInput, "image.ImageFuzz", ImageFuzz::fuzzerTestOneInput);

    @TestFactory
    Stream<DynamicTest> seedsAndDamagedCopiesAreNoSurprise() {
        return TARGETS.entrySet().stream().flatMap(target -> seeds(target.getKey()).stream()
                .map(seed -> DynamicTest.dynamicTest(target.getKey() + " " + seed.getFileName(),
                        () -> run(target.getValue(), Files.readAllBytes(seed)))));
    }

    private static List<Path> seeds(String target) {
        try (Stream<Path> files = Files.list(SEEDS.resolve(target))) {
            List<Path> seeds = files.sorted().toList();
            assertThat(seeds).as(target).isNotEmpty();
            return seeds;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void run(Target target, byte[] seed) throws IOException {
        target.accept(seed);
        SplittableRandom random = new SplittableRandom(seed.length);
        for (int copy = 0; copy < COPIES && seed.length > 0; copy++) {
            byte[] damaged = seed.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            target.accept(damaged);
        }
    }
}
