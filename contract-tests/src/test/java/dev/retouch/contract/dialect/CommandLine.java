package dev.retouch.contract.dialect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** A command line that a documentation page offers for pasting into a shell. */
final class CommandLine {

    private CommandLine() {}

    /** Runs it in a folder and takes what it prints for the answer. */
    static Reply run(String command, Path folder) throws IOException, InterruptedException {
        assumeThat(Path.of("/usr/bin/curl")).as("curl is not installed").exists();
        Path out = folder.resolve("out.json");
        Process curl = new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(curl.waitFor(2, TimeUnit.MINUTES)).isTrue();
        byte[] answer = Files.readAllBytes(out);
        assertThat(curl.exitValue()).as(new String(answer, StandardCharsets.UTF_8)).isZero();
        return new Reply(200, Map.of("content-type", "application/json"), answer);
    }
}
