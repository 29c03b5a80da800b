package dev.retouch.server.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.billing.DeliveredUsage;
import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabases;

import static org.assertj.core.api.Assertions.assertThat;

/** The drill: a gateway is copied while it books edits, and the copy is a sound gateway. */
@Tag("slow")
class BackupCommandTest {

    private static final Money PRICE = Money.of(new BigDecimal("0.000001"));

    @TempDir
    private Path folder = Path.of(".");

    private Terminal terminal() {
        return Terminal.at(folder.resolve("data"));
    }

    private Terminal restored() {
        return Terminal.at(folder.resolve("restored"));
    }

    private static void edit(Ledger ledger, String id, String key) {
        ledger.hold(new HoldRequest(id, key, "team-a", "gpt-image-2", "USD", "1", false, 1, PRICE));
        ledger.settle(id, new DeliveredUsage(1, 1, 1, 1), PRICE);
    }

    @Test
    void backupOfARunningGatewayIsSoundWhenItIsRestored() throws Exception {
        Terminal terminal = terminal();
        String key = terminal.keyOfTeam();
        terminal.edits(key);
        Files.createDirectories(terminal.data().resolve("answers"));
        Files.writeString(terminal.data().resolve("answers").resolve("an-answer"), "{}");
        Files.writeString(terminal.data().resolve("link.secret"), "secret");
        Files.createDirectories(terminal.data().resolve("tmp"));
        Files.writeString(terminal.data().resolve("tmp").resolve("spool"), "not kept");
        String backup = folder.resolve("backup").toString();

        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch busy = new CountDownLatch(1);
        try (Database database = Database.open(Optional.empty(), terminal.data());
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Ledger ledger = new Ledger(database, Clock.fixed(Terminal.NOW, ZoneOffset.UTC), "inst_test");
            Future<Integer> edits = thread.submit(() -> {
                int number = 0;
                while (!stop.get()) {
                    edit(ledger, "busy_" + number++, key);
                    busy.countDown();
                }
                return number;
            });
            try {
                busy.await();
                assertThat(terminal.ran("backup", backup)).startsWith("Copied 3 files");
            } finally {
                stop.set(true);
            }
            assertThat(edits.get()).isPositive();
        }
        assertThat(terminal.run("backup", backup).err()).contains("the backup exists");

        Terminal.Said said = restored().run("restore", backup, "--verify");
        assertThat(said.err()).isEmpty();
        assertThat(said.code()).isZero();
        assertThat(said.out()).startsWith("Restored 3 files").contains("the ledger adds up");
        Path data = restored().data();
        assertThat(Files.readString(data.resolve("answers").resolve("an-answer"))).isEqualTo("{}");
        assertThat(Files.readString(data.resolve("link.secret"))).isEqualTo("secret");
        assertThat(data.resolve("tmp")).isEmptyDirectory();
        assertThat(restored().ran("keys", "list")).contains(key);
        assertThat(restored().ran("edits", "show", "edit_2")).contains("0.1234 USD");
        restored().ran("budget", "add", "--group", "team-a", "1");
        assertThat(restored().ran("ledger", "verify")).contains("the ledger adds up");
        assertThat(restored().run("restore", backup).err()).contains("the data directory is not empty");
        Files.delete(Path.of(backup).resolve("link.secret"));
        assertThat(Terminal.at(folder.resolve("third")).run("restore", backup).err())
                .contains("the backup is not complete: it has 2 of 3 files");
    }

    @Test
    void damageIsReported() throws IOException {
        Terminal terminal = terminal();
        terminal.edits(terminal.keyOfTeam());
        Path backup = folder.resolve("backup");
        JsonNode report = terminal.run("backup", backup.toString(), "--json").json();
        assertThat(report.path("database").asBoolean()).isTrue();
        assertThat(report.path("files").asInt()).isEqualTo(1);
        assertThat(terminal.run("restore", folder.resolve("nothing").toString()).err()).contains("is no backup");

        try (Database database = Database.open(Optional.empty(), backup)) {
            int changed = database.write(handle -> handle.execute("UPDATE budgets SET spent = spent + 1"));
            assertThat(changed).isPositive();
        }
        Terminal.Said said = restored().run("restore", backup.toString(), "--verify");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).contains("the ledger does not add up");
    }

    @Test
    void postgresqlIsLeftToItsOwnTools() throws IOException {
        Terminal terminal = terminal().with("RETOUCH_DATABASE_URL", TestDatabases.newPostgres());
        terminal.keyOfTeam();
        Path backup = folder.resolve("backup");
        Terminal.Said said = terminal.run("backup", backup.toString());
        assertThat(said.code()).isZero();
        assertThat(said.err()).contains("PostgreSQL");
        assertThat(backup.resolve("retouch.db")).doesNotExist();
        assertThat(restored().run("restore", backup.toString()).err()).contains("is of a gateway with postgresql");
        assertThat(terminal.with("RETOUCH_DATA_DIR", restored().data().toString())
                .ran("restore", backup.toString(), "--verify")).contains("the ledger adds up");
    }
}
