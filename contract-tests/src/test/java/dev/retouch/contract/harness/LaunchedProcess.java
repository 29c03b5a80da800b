package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** A program started as users start it: by the script of its distribution, in a new folder. */
public final class LaunchedProcess implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final Process process;
    private final Path out;
    private final Path err;

    private LaunchedProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts the gateway's script. */
    public static LaunchedProcess retouch(Path folder, Map<String, String> environment, String... arguments) {
        return start(retouchScript(), folder, environment, arguments);
    }

    /** The gateway's script. */
    public static Path retouchScript() {
        return script("server/target/retouch/bin/retouch");
    }

    /** Starts the mock upstream's script. */
    public static LaunchedProcess mockUpstream(Path folder, Map<String, String> environment, String... arguments) {
        return start(script("mock-upstream/target/mock-upstream/bin/mock-upstream"), folder, environment, arguments);
    }

    private static Path script(String below) {
        String root = System.getProperty("retouch.distributions", "..");
        Path script = Path.of(root).resolve(below).toAbsolutePath().normalize();
        assertThat(script).as("packaged before: mvn package").isExecutable();
        return script;
    }

    private static LaunchedProcess start(Path script, Path folder, Map<String, String> environment,
            String... arguments) {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        return start(folder, environment, command);
    }

    /** Starts any program. */
    public static LaunchedProcess start(Path folder, Map<String, String> environment, List<String> command) {
        try {
            Path out = Files.createTempFile(folder, "out", ".txt");
            Path err = Files.createTempFile(folder, "err", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("RETOUCH_"));
            builder.environment().put("RETOUCH_WARM_UP", "0s");
            builder.environment().putAll(environment);
            return new LaunchedProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until its output has this in it. */
    public Matcher awaitOutput(String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(20))
                .until(() -> wanted.matcher(out()).find() || !process.isAlive());
        Matcher found = wanted.matcher(out());
        assertThat(found.find()).as("'%s' in: %s%s", pattern, out(), err()).isTrue();
        return found;
    }

    /** Waits for the exit of the process. */
    public int exitCode() {
        try {
            assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).as("ended: %s%s", out(), err())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    /** Asks it to stop, as Ctrl-C and service managers do, and waits. */
    public Duration terminate() {
        long start = System.nanoTime();
        process.destroy();
        exitCode();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Ends it as a crash does: it gets no chance to do anything about it. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** Freezes it, as a machine does that is moved: it holds its connections, and does nothing. */
    public void suspend() {
        signal("-STOP");
    }

    /** Lets it run on after {@link #suspend}. */
    public void resume() {
        signal("-CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", name, Long.toString(pid())).start().waitFor();
            assertThat(code).as("kill " + name).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    public String out() {
        return read(out);
    }

    public String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
