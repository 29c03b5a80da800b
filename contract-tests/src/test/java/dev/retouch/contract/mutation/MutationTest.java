package dev.retouch.contract.mutation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Program;

import static org.assertj.core.api.Assertions.assertThat;

/** Changes that must not go unnoticed fail the build, which reports the difference. */
@TestInstance(Lifecycle.PER_CLASS)
class MutationTest {

    private static final Path ROOT = Path.of(System.getProperty("retouch.distributions", "..")).toAbsolutePath()
            .normalize();

    private final List<Mutation> mutations = Mutation.all();
    private final Checkout checkout;

    MutationTest(@TempDir Path folder) throws IOException {
        Gateways.ownOnly();
        checkout = Checkout.copy(ROOT, folder);
    }

    /** Otherwise a build could fail for another reason. */
    @BeforeAll
    void withoutAChangeAllOfItPasses() throws IOException, InterruptedException {
        checkout.publishContract();
        checkout.test(mutations.stream().map(Mutation::module).collect(Collectors.toSet()),
                mutations.stream().map(Mutation::test).flatMap(Optional::stream).collect(Collectors.toSet()), true)
                .succeeded();
        checkout.publishClientApi();
    }

    List<Mutation> mutations() {
        return mutations;
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void isSeen(Mutation mutation) throws IOException, InterruptedException {
        Program build;
        try (Checkout.Change _ = checkout.apply(mutation)) {
            build = mutation.test().isPresent()
                    ? checkout.test(List.of(mutation.module()), List.of(mutation.test().get()), mutation.isGenerated())
                    : checkout.compile(mutation.module());
        }
        assertThat(build.exit()).as("exit code after %s", mutation).isOne();
        assertThat(build.output().lines().filter(line -> line.contains(mutation.says())).findFirst())
                .as("a line with %s in:%n%s", mutation.says(), build.output()).isPresent();
    }
}
