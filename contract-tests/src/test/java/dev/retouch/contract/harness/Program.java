package dev.retouch.contract.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A program of this machine, run to its end.
 *
 * @param exit   its exit code, or -1 where there is no such program
 * @param output what it printed
 * @param errors what it complained about
 */
public record Program(int exit, String output, String errors) {

    /**
     * Runs it in a folder, which also takes what it prints.
     *
     * @param environment added to that of this process
     * @param timeout    after this it fails
     */
    public static Program run(Path folder, Map<String, String> environment, List<String> command, Duration timeout)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile())
                .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Program(-1, "", String.valueOf(e.getMessage()));
        }
        try {
            assertThat(process.waitFor(timeout)).as("%s ended in time", command.getFirst())
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Program(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8).strip(),
                Files.readString(errors, StandardCharsets.UTF_8).strip());
    }

    /** What it printed, if it ended well. */
    public String succeeded() {
        assertThat(exit).as("exit code, after:%n%s%n%s", output, errors).isZero();
        return output;
    }
}
