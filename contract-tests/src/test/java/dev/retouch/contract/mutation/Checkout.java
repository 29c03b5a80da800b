package dev.retouch.contract.mutation;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.retouch.contract.harness.Program;

import static org.assertj.core.api.Assertions.assertThat;

/** A copy of this checkout with what is built of it, so that its builds compile little. */
final class Checkout {

    /** These builds are over before a better compiler pays. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
    private static final Duration TIMEOUT = Duration.ofMinutes(8);
    /** Of what is built, only what the compilers wrote and read. */
    private static final Set<String> BUILT = Set.of("classes", "test-classes", "generated-sources", "maven-status");
    private static final Set<String> NOT_PART_OF_IT = Set.of(".git", ".idea", "node_modules");

    private final Path folder;

    private Checkout(Path folder) {
        this.folder = folder;
    }

    /** Copies with the times of the files, by which the compiler knows what it has compiled. */
    static Checkout copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {

            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) throws IOException {
                if (!belongs(visited)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(visited)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
        return new Checkout(to);
    }

    private static boolean belongs(Path visited) {
        String name = String.valueOf(visited.getFileName());
        Path above = visited.getParent();
        boolean built = above != null && above.endsWith("target");
        return !NOT_PART_OF_IT.contains(name) && (!built || BUILT.contains(name));
    }

    /**
     * Counts the present contract as the published one. A version that announces incompatible changes would otherwise allow those
     * of the mutations too.
     */
    void publishContract() throws IOException {
        publish("openapi/contract/openapi.yaml", "openapi/published/openapi.yaml");
    }

    /** Counts the present Java API of the client, which its tests have written, as the published one. */
    void publishClientApi() throws IOException {
        publish("client/target/api.txt", "client/published/api.txt");
    }

    private void publish(String from, String to) throws IOException {
        Files.copy(folder.resolve(from), folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes the change, and takes it back when closed. */
    Change apply(Mutation mutation) throws IOException {
        Path file = folder.resolve(mutation.file());
        String text = Files.readString(file);
        assertThat(text.split(Pattern.quote(mutation.replace()), -1))
                .as("%s and what is around '%s' there", mutation.file(), mutation.replace()).hasSize(2);
        Files.writeString(file, text.replace(mutation.replace(), mutation.with()));
        return () -> Files.writeString(file, text);
    }

    /** A change that was made. */
    @FunctionalInterface
    interface Change extends AutoCloseable {

        @Override
        void close() throws IOException;
    }

    /** Builds modules with what they need, and runs these of their tests. */
    Program test(Collection<String> modules, Collection<String> tests, boolean generate) throws IOException,
            InterruptedException {
        return maven("test", modules, "-Dtest=" + String.join(",", tests),
                // only what is older than its source, not the whole module
                "-Dmaven.compiler.useIncrementalCompilation=false", "-Dcodegen.skip=" + !generate);
    }

    /** Compiles a module anew, with what it needs: what an earlier build left could hide that something is missing now. */
    Program compile(String module) throws IOException, InterruptedException {
        try (Stream<Path> left = Files.walk(folder.resolve(module).resolve("target"))) {
            for (Path file : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        return maven("compile", List.of(module));
    }

    private Program maven(String phase, Collection<String> modules, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("retouch.maven", "mvn"), "-q", "-o", "-B",
                phase, "-pl", String.join(",", modules),
                "-am", "-Dspotless.check.skip=true", "-Dsurefire.failIfNoSpecifiedTests=false"));
        String repository = System.getProperty("retouch.maven.repository");
        if (repository != null) {
            command.add("-Dmaven.repo.local=" + repository);
        }
        command.addAll(List.of(options));
        return Program.run(folder,
                Map.of("MAVEN_PROJECTBASEDIR", "", "MAVEN_CMD_LINE_ARGS", "", "MAVEN_OPTS", QUICK_START), command,
                TIMEOUT);
    }
}
