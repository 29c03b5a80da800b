package dev.retouch.server.billing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class EndJournalTest {

    private static final EditEnd SETTLED = EditEnd.settle("req_1",
            new DeliveredUsage(2, 10, 3, 100, 40, 7, 1000), money("0.1234"), "a \"quoted\" note\nof two lines, 玫瑰");
    private static final EditEnd RELEASED = EditEnd.release("req_2", "no image").with(Optional.of(
            new EndReport("{\"attempts\":[],\"warning\":\"a \\\"quoted\\\" one\"}", List.of("one", "two"))));

    @TempDir
    private Path data = Path.of(".");

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("ends"))) {
            return files.toList();
        }
    }

    /** A process that ends without closing anything loses its lock, as if it closed its files. */
    private EndJournal stopped(EditEnd... ends) throws IOException {
        EndJournal journal = new EndJournal(data);
        for (EditEnd end : ends) {
            journal.append(end);
        }
        journal.close();
        return journal;
    }

    @Test
    void adoptsEndsOfStoppedProcessAsTheyWere() throws IOException {
        stopped(SETTLED, RELEASED);
        try (EndJournal next = new EndJournal(data)) {
            assertThat(next.adopt()).containsExactly(SETTLED, RELEASED);
            assertThat(files()).hasSize(1);
            next.clear();
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void keepsAdoptedEndsUntilTheyAreWritten() throws IOException {
        stopped(SETTLED);
        try (EndJournal next = new EndJournal(data)) {
            assertThat(next.adopt()).containsExactly(SETTLED);
            next.append(RELEASED);
        }
        try (EndJournal last = new EndJournal(data)) {
            assertThat(last.adopt()).containsExactlyInAnyOrder(SETTLED, RELEASED);
        }
    }

    @Test
    void leavesFilesOfRunningProcessesAlone() throws IOException {
        try (EndJournal running = new EndJournal(data); EndJournal next = new EndJournal(data)) {
            running.append(SETTLED);
            assertThat(next.adopt()).isEmpty();
            next.clear();
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void skipsALineThatACrashCutOff() throws IOException {
        stopped(SETTLED);
        byte[] torn = EndLines.line(RELEASED);
        for (int length = 1; length < torn.length - 1; length += 9) {
            Files.write(files().getFirst(), Arrays.copyOf(torn, length), StandardOpenOption.APPEND);
            try (EndJournal next = new EndJournal(data)) {
                assertThat(next.adopt()).as("cut after " + length + " bytes").containsExactly(SETTLED);
            }
            Files.write(files().getFirst(), EndLines.line(SETTLED), StandardOpenOption.TRUNCATE_EXISTING);
        }
    }

    /** Of a later version, or damaged: an operator can still read it, and it is not reported at each start for ever. */
    @Test
    void setsAsideAFileWithLinesThatAreNotEnds() throws IOException {
        stopped(SETTLED);
        Files.writeString(files().getFirst(), "\n{\"edit\":\"req_9\",\"end\":\"OF_A_LATER_VERSION\",\"cost\":1}\n",
                StandardOpenOption.APPEND);
        byte[] before = Files.readAllBytes(files().getFirst());
        try (EndJournal next = new EndJournal(data)) {
            assertThat(next.adopt()).containsExactly(SETTLED);
            assertThat(next.unreadable()).as("until its other ends are written").isZero();
            next.clear();
            assertThat(next.unreadable()).isEqualTo(1);
            assertThat(next.adopt()).isEmpty();
        }
        assertThat(files()).hasSize(1);
        assertThat(files().getFirst()).hasBinaryContent(before);
    }

    @Test
    void setsAsideAFileThatCannotBeRead() throws IOException {
        stopped(SETTLED);
        Files.createDirectory(data.resolve("ends").resolve("0.ends"));
        try (EndJournal next = new EndJournal(data)) {
            assertThat(next.adopt()).containsExactly(SETTLED);
            assertThat(next.unreadable()).isEqualTo(1);
        }
    }

    /** An instance that shares the data directory goes on while another is killed. */
    @Test
    void writesEndsOfAProcessThatStopsLater() throws IOException {
        try (TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.SQLITE)) {
            Ledger ledger = new Ledger(stored.open(), ManualClock.atSomeTime(), "inst_test");
            ledger.hold(order("req_1", "k", "g", "1"));
            try (DeferredSettlement settlement = new DeferredSettlement(ledger, new EndJournal(data))) {
                settlement.recover();
                stopped(EditEnd.settle("req_1", images(1), money("0.5"), null));
                settlement.recover();
                assertThat(ledger.budget("key:k").orElseThrow().spent()).isEqualTo(money("0.5"));
                assertThat(files()).isEmpty();
            }
        }
    }

    @Test
    void clearsAFileWithoutEnds() throws IOException {
        stopped(SETTLED);
        Files.write(files().getFirst(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        try (TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.SQLITE);
                DeferredSettlement settlement = new DeferredSettlement(
                        new Ledger(stored.open(), ManualClock.atSomeTime(), "inst_test"), new EndJournal(data))) {
            settlement.recover();
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void nothingWaitsAndNoFileExistsIfTheDatabaseAnswers() throws IOException {
        try (TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.SQLITE)) {
            Ledger ledger = new Ledger(stored.open(), ManualClock.atSomeTime(), "inst_test");
            ledger.hold(order("req_1", "k", "g", "1"));
            try (DeferredSettlement settlement = new DeferredSettlement(ledger, new EndJournal(data))) {
                settlement.recover();
                assertThat(settlement.end(EditEnd.settle("req_1", images(1), money("0.5"), null))).isTrue();
            }
            assertThat(data.resolve("ends")).doesNotExist();
        }
    }

    /** After an outage thousands of ends may wait. */
    @Test
    void recoveredEndsShareCommits() throws IOException, InterruptedException {
        int edits = 500;
        try (TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.SQLITE)) {
            Database database = stored.open();
            Ledger ledger = new Ledger(database, ManualClock.atSomeTime(), "inst_test");
            EndJournal journal = new EndJournal(data);
            List<Callable<Boolean>> holds = new ArrayList<>();
            for (int i = 0; i < edits; i++) {
                String id = "req_" + i;
                holds.add(() -> {
                    ledger.hold(order(id, "k", "g", "1"));
                    return true;
                });
                journal.append(i % 2 == 0
                        ? EditEnd.settle(id, images(1), money("0.25"), null)
                        : EditEnd.release(id, "no image"));
            }
            journal.close();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                threads.invokeAll(holds).forEach(Future::resultNow);
            }
            int before = commits(stored.folder());
            try (DeferredSettlement settlement = new DeferredSettlement(ledger, new EndJournal(data))) {
                settlement.recover();
                assertThat(settlement.waiting()).isZero();
            }
            assertThat(commits(stored.folder()) - before).isBetween(1, 50);
            assertThat(ledger.budget("key:k").orElseThrow()).returns(Money.ZERO, Budget::held)
                    .returns(money("62.5"), Budget::spent);
            assertThat(new LedgerVerifier(database).verify().findings()).isEmpty();
            assertThat(files()).isEmpty();
        }
    }

    /** The frames of SQLite's write-ahead log that end a transaction: those that state the size of the database. */
    private static int commits(Path folder) throws IOException {
        ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("retouch.db-wal")));
        int page = log.getInt(8);
        int commits = 0;
        for (int frame = 32; frame + 24 + page <= log.limit(); frame += 24 + page) {
            commits += log.getInt(frame + 4) != 0 && log.getInt(frame + 8) == log.getInt(16) ? 1 : 0;
        }
        return commits;
    }
}
