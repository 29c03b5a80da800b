package dev.retouch.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine;

import dev.retouch.server.billing.DeliveredUsage;
import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.database.Database;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs commands in this process on a separate directory, and records their output. */
final class Terminal {

    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    static final Pattern SECRET = Pattern.compile("sk-retouch-[0-9A-Za-z]{30,}");
    static final Pattern KEY_ID = Pattern.compile("key_[0-9A-Za-z]+");
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final Clock CLOCK = Clock.fixed(NOW, ZoneId.of("Europe/Berlin"));

    private final Path data;
    private final Clock clock;
    private final Map<String, String> environment;

    private Terminal(Path data, Clock clock, Map<String, String> environment) {
        this.data = data;
        this.clock = clock;
        this.environment = Map.copyOf(environment);
    }

    /** Returns a terminal in Berlin with a fixed time of 01:00. */
    static Terminal at(Path data) {
        return new Terminal(data, CLOCK, Map.of("RETOUCH_DATA_DIR", data.toString()));
    }

    /** Returns the same terminal at another time. */
    Terminal with(Clock other) {
        return new Terminal(data, other, environment);
    }

    /** Returns the same terminal at a later time. */
    Terminal after(Duration pause) {
        return with(Clock.offset(clock, pause));
    }

    /** Returns the same terminal with an environment variable. */
    Terminal with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Terminal(data, clock, more);
    }

    Path data() {
        return data;
    }

    Map<String, String> environment() {
        return environment;
    }

    CommandLine line() {
        return RetouchCommand.commandLine(environment, clock);
    }

    /** Exit code and output of a command. */
    record Said(int code, String out, String err) {

        JsonNode json() throws IOException {
            assertThat(code).as(err).isZero();
            assertThat(out.lines()).hasSize(1);
            return new ObjectMapper().readTree(out);
        }
    }

    Said run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = line();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int code = line.execute(arguments);
        return new Said(code, out.toString(), err.toString());
    }

    /** Returns the output of a command that must succeed without notes. */
    String ran(String... arguments) {
        Said said = run(arguments);
        assertThat(said.err()).isEmpty();
        assertThat(said.code()).isZero();
        return said.out();
    }

    /** Returns the cells of a table, or the names and values of properties, separated by bars. */
    static List<String> cells(String table) {
        return table.lines().map(line -> line.replaceAll(" {2,}", "|")).toList();
    }

    static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group();
    }

    /** Creates a group and a key with a budget of 5 dollars. Returns the key id. */
    String keyOfTeam() {
        ran("groups", "create", "team-a");
        return found(KEY_ID, ran("keys", "create", "--group", "team-a", "--budget", "5"));
    }

    /** Writes edits of this key and of another key: of today, of yesterday and older. */
    void edits(String key) {
        try (Database database = Database.open(Optional.empty(), data)) {
            edit(database, NOW, "edit_1", key, "gpt-image-2", "0.04");
            edit(database, NOW.minus(Duration.ofDays(1)), "edit_2", key, "gpt-image-2", "0.1234");
            edit(database, NOW.minus(Duration.ofDays(40)), "edit_3", key, "gpt-image-2", "1");
            edit(database, NOW, "edit_4", "key_other", "gpt-image-1", "2");
        }
    }

    private static void edit(Database database, Instant when, String id, String key, String model, String cost) {
        Ledger ledger = new Ledger(database, Clock.fixed(when, ZoneOffset.UTC), "test");
        Money price = Money.of(new BigDecimal(cost));
        ledger.hold(new HoldRequest(id, key, "team-a", model, "USD", "1", false, 1, price));
        ledger.settle(id, new DeliveredUsage(1, 10, 20, 30), price);
    }

    /** Runs a command in a separate process. */
    Said process(String... arguments) throws Exception {
        Path out = Files.createTempFile(data.getParent(), "out", ".txt");
        Path err = Files.createTempFile(data.getParent(), "err", ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
                System.getProperty("java.class.path"), RetouchCommand.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet()
                .removeIf(name -> name.startsWith("RETOUCH_") || name.equals("JAVA_TOOL_OPTIONS"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
