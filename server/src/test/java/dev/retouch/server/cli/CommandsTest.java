package dev.retouch.server.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

import dev.retouch.server.app.Gateway;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;

import static org.assertj.core.api.Assertions.assertThat;

/** Behaviour that all commands with a database share. */
@Tag("slow")
class CommandsTest {

    private final Terminal terminal;

    CommandsTest(@TempDir Path folder) {
        terminal = Terminal.at(folder.resolve("data"));
    }

    @Test
    void emptyListsAreSaidInWords() {
        assertThat(terminal.ran("groups", "list"))
                .isEqualTo("There are no groups. Make one with: retouch groups create NAME\n");
        assertThat(terminal.ran("keys", "list")).startsWith("There are no keys. Make one with: ");
        assertThat(terminal.ran("usage")).isEqualTo("There were no edits from 2026-10-22 to 2026-11-21 (UTC).\n");
        assertThat(terminal.ran("ledger", "verify"))
                .isEqualTo("0 transactions, 0 entries, 0 edits: the ledger adds up\n");
    }

    @Test
    void documentsAreThoseOfTheContract() throws IOException {
        JsonNode group = terminal.run("groups", "create", "team-a", "--json", "--budget", "50").json();
        assertThat(group.path("object").asText()).isEqualTo("group");
        assertThat(group.path("budget").path("available").asText()).isEqualTo("50");
        JsonNode issued = terminal.run("keys", "create", "--group", "team-a", "--json", "--budget", "5").json();
        assertThat(issued.path("object").asText()).isEqualTo("issued_key");
        assertThat(issued.path("secret").asText()).matches(Terminal.SECRET);
        assertThat(issued.path("key").path("created_at").asLong()).isEqualTo(Terminal.NOW.getEpochSecond());
        assertThat(terminal.run("groups", "list", "--json").json().path("data")).singleElement().isEqualTo(group);
        assertThat(terminal.run("keys", "list", "--json").json().path("data")).singleElement()
                .isEqualTo(issued.path("key"));
        String id = issued.path("key").path("id").asText();
        assertThat(terminal.run("budget", "add", "--key", id, "1", "--json").json().path("available").asText())
                .isEqualTo("6");
        assertThat(terminal.run("keys", "revoke", id, "--json").json().path("revoked_at").asLong())
                .isEqualTo(Terminal.NOW.getEpochSecond());
        assertThat(terminal.ran("groups", "delete", "team-a", "--json")).isEmpty();
    }

    @Test
    void unavailableDatabaseIsReportedInALine() throws IOException {
        Terminal.Said said = terminal
                .with("RETOUCH_DATABASE_URL", "postgresql://user:hidden@127.0.0.1:1/retouch")
                .run("keys", "list");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).startsWith("retouch: the database does not answer: check RETOUCH_DATABASE_URL")
                .doesNotContain("hidden");
        assertThat(said.err().lines()).hasSize(1);
    }

    @Test
    void damagedDatabaseIsReportedInALine() throws IOException {
        Files.writeString(Files.createDirectories(terminal.data()).resolve("retouch.db"),
                "not a database ".repeat(1000));
        Terminal.Said said = terminal.run("groups", "list");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).startsWith("retouch: the database ").contains(terminal.data().toString());
        assertThat(said.err().lines()).hasSize(1);
    }

    @Test
    void everyCommandAndOptionIsExplained() {
        List<CommandSpec> commands = new ArrayList<>();
        collect(terminal.line().getCommandSpec(), commands);

        assertThat(commands).extracting(CommandSpec::qualifiedName).contains("retouch groups update",
                "retouch keys rotate", "retouch budget add", "retouch usage", "retouch ledger verify");
        for (CommandSpec command : commands) {
            assertThat(command.usageMessage().description()).as(command.qualifiedName()).isNotEmpty();
            for (ArgSpec argument : command.args()) {
                assertThat(argument.description()).as(command.qualifiedName() + " " + argument).isNotEmpty();
            }
            String[] words = (command.qualifiedName() + " --version").split(" ");
            assertThat(terminal.ran(Arrays.copyOfRange(words, 1, words.length))).startsWith("retouch ");
        }
    }

    private static void collect(CommandSpec command, List<CommandSpec> commands) {
        commands.add(command);
        command.subcommands().values().forEach(line -> collect(line.getCommandSpec(), commands));
    }

    /** In a separate process, because the log is configured per process. */
    @Test
    void printsOnlyTheResult() throws Exception {
        Terminal.Said made = terminal.process("groups", "create", "team-a");
        assertThat(made.err()).isEmpty();
        assertThat(made.out()).startsWith("Made the group team-a.");
        Terminal.Said away = terminal.with("RETOUCH_DATABASE_URL", "postgresql://user:hidden@127.0.0.1:1/retouch")
                .process("groups", "list");
        assertThat(away.out()).isEmpty();
        assertThat(away.err().lines()).singleElement().asString().startsWith("retouch: the database does not answer");
        assertThat(away.code()).isEqualTo(1);
    }

    @Test
    void aRunningGatewayHears() throws Exception {
        Terminal beside = terminal.with(Clock.systemUTC()).with("RETOUCH_PORT", "0");
        Configuration configuration = new ConfigurationLoader(beside.environment()).load(Optional.empty());
        try (Gateway gateway = Gateway.start(configuration, Clock.systemUTC());
                HttpClient client = HttpClient.newHttpClient()) {
            beside.ran("groups", "create", "team-a");
            String made = beside.ran("keys", "create", "--group", "team-a");
            HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.address() + "/v1/models"))
                    .header("authorization", "Bearer " + Terminal.found(Terminal.SECRET, made)).build();
            assertThat(comesTo(client, request, 200)).isTrue();
            beside.ran("keys", "revoke", Terminal.found(Terminal.KEY_ID, made));
            assertThat(comesTo(client, request, 401)).isTrue();
        }
    }

    private static boolean comesTo(HttpClient client, HttpRequest request, int status) throws Exception {
        long end = System.nanoTime() + Terminal.TIMEOUT.toNanos();
        while (System.nanoTime() < end) {
            if (client.send(request, BodyHandlers.discarding()).statusCode() == status) {
                return true;
            }
        }
        return false;
    }
}
