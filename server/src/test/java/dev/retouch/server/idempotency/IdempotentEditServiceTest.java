package dev.retouch.server.idempotency;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.billing.DeferredSettlement;
import dev.retouch.server.billing.DeliveredUsage;
import dev.retouch.server.billing.EditEnd;
import dev.retouch.server.billing.EndJournal;
import dev.retouch.server.billing.HoldConditionException;
import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.Database.Work;
import dev.retouch.server.database.DeferredWrites;
import dev.retouch.server.database.Instance;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditService;
import dev.retouch.server.error.ReplayedErrorException;
import dev.retouch.server.exchange.DurableEdit;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.exchange.PendingCharge;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.hosting.HostedImageStore;
import dev.retouch.server.hosting.UrlSigner;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.key.Group;
import dev.retouch.server.storage.DiskStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What becomes of the claim, the money and the response of an edit if something happens between its steps. */
@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class IdempotentEditServiceTest {

    private static final URI LINK_BASE = URI.create("http://localhost/");
    private static final IdempotencyKey KEY = new IdempotencyKey("key_a", "name");
    private static final EditRequest REQUEST = new EditRequest(Optional.empty(), Optional.of("p"), List.of(),
            Optional.empty(), Map.of(), Map.of());
    private static final ApiPrincipal PRINCIPAL = new ApiPrincipal(new ApiKey("key_a", "key_a", "team", "", "sk",
            AdmissionLimits.NONE, Instant.EPOCH, null, false, null, null), Group.open("team"));
    private static final Duration LIFETIME = Duration.ofHours(24);
    private static final Money PRICE = Money.of(BigDecimal.ONE);

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Instance self;
    private final Ledger ledger;
    private final DeferredSettlement settlement;
    private final IdempotencyRepository claims;
    private final IdempotencyRepository others;
    private final Path dataDir;
    private final IdempotentEditService service;
    private final ScriptedPipeline pipeline = new ScriptedPipeline();

    IdempotentEditServiceTest(TestDatabases.Kind kind, @TempDir Path dataDir) throws IOException {
        this.dataDir = dataDir;
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.self = instance();
        this.ledger = new Ledger(database, clock, self.id());
        this.settlement = new DeferredSettlement(ledger, new EndJournal(dataDir));
        this.claims = claims(self);
        this.others = claims(instance());
        DiskStore store = new DiskStore(dataDir);
        this.service = new IdempotentEditService(pipeline, claims,
                new StoredResponseFiles(store, dataDir, clock, LIFETIME, StorageQuota.UNLIMITED),
                new HostedImageStore(store, dataDir, new UrlSigner(store, clock, LIFETIME), clock, LIFETIME,
                        StorageQuota.UNLIMITED).links(),
                LIFETIME,
                (failure, _) -> new ReplayedErrorException(500, Map.of(), "{}"), Duration.ofSeconds(1));
    }

    private Instance instance() {
        return Instance.timedBy(database, clock, Duration.ofSeconds(10));
    }

    private IdempotencyRepository claims(Instance instance) {
        return new IdempotencyRepository(database, new DeferredWrites(database), ledger, instance, LIFETIME);
    }

    @AfterEach
    void close() {
        service.close();
        stored.close();
    }

    /** Does with the ledger what the pipeline does: holds before the response, charges before the last bytes of it. */
    private final class ScriptedPipeline implements EditService {

        private boolean streamed;
        private Runnable beforeHold = () -> {};
        private Runnable beforeCharge = () -> {};

        @Override
        public EditResponse edit(EditRequest request, ApiPrincipal principal, Exchange exchange, URI linkBase) {
            DurableEdit row = exchange.durable().orElseThrow();
            beforeHold.run();
            try {
                ledger.hold(new HoldRequest(exchange.id(), "key_a", "team", "m", "USD", "1", false, 1, PRICE),
                        row.dispatch());
            } catch (HoldConditionException e) {
                throw row.lost();
            }
            return new EditResponse(streamed, Map.of(), out -> {
                out.write(bytes("first,"));
                out.flush();
                row.charge(new Charge(exchange.id()));
                out.write(bytes("last"));
                out.flush();
                row.written(Map.of());
                out.write(bytes(": keep-alive"));
                return Map.of();
            });
        }
    }

    /** The price of one image, charged when it is written. */
    private final class Charge implements PendingCharge {

        private final String editId;

        Charge(String editId) {
            this.editId = editId;
        }

        @Override
        public boolean write(Work<?> also) {
            pipeline.beforeCharge.run();
            return settlement.end(EditEnd.settle(editId, new DeliveredUsage(1, 0, 0, 0), PRICE, null), also);
        }

        @Override
        public void release(String why) {
            settlement.end(EditEnd.release(editId, why));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private EditResponse edit(String editId) {
        return service.under(KEY).edit(REQUEST, PRINCIPAL, new Exchange(editId, 0), LINK_BASE);
    }

    private static String body(EditResponse response) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        response.body().writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String states(String editId) {
        return database.read(handle -> handle.createQuery("""
                SELECT e.state || ' ' || a.state FROM edits e JOIN edit_answers a ON a.edit_id = e.id
                WHERE e.id = :edit""").bind("edit", editId).mapTo(String.class).one());
    }

    private long wholeFiles() {
        try (Stream<Path> files = Files.walk(dataDir.resolve("answers"))) {
            return files.filter(Files::isRegularFile).filter(file -> file.toFile().length() == "first,last".length())
                    .count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A process that is killed at this moment leaves an edit that is held, and whose outcome is unknown. */
    @Test
    void bodyIsStoredBeforeTheEditIsCharged() throws IOException {
        CompletableFuture<String> moment = new CompletableFuture<>();
        pipeline.beforeCharge = () -> moment.complete(states("edit-1") + " " + wholeFiles());
        assertThat(body(edit("edit-1"))).isEqualTo("first,last");
        assertThat(moment.join()).isEqualTo("held running 1");
        assertThat(states("edit-1")).isEqualTo("settled answered");
        assertThat(body(edit("edit-2"))).isEqualTo("first,last");
    }

    @Test
    void chargeAndStoredResponseAreWrittenTogetherOrNotAtAll() throws IOException, SQLException {
        refuse("answered");
        assertThat(body(edit("edit-1"))).isEqualTo("first,last");
        assertThat(settlement.waiting()).isEqualTo(1);
        assertThat(states("edit-1")).isEqualTo("held running");

        allow();
        settlement.retry();
        assertThat(states("edit-1")).isEqualTo("settled answered");
        assertThat(body(edit("edit-2"))).isEqualTo("first,last");
    }

    /** The charge is in the journal of ends, from which the next process writes it. */
    @Test
    void responseIsWrittenAlthoughTheProcessEndedWhileTheDatabaseWasAway() throws IOException, SQLException {
        refuse("answered");
        assertThat(body(edit("edit-1"))).isEqualTo("first,last");
        allow();
        assertThat(states("edit-1")).isEqualTo("held running");
        service.writeUnwritten();
        assertThat(states("edit-1")).isEqualTo("held answered");
        assertThat(body(edit("edit-2"))).isEqualTo("first,last");
        service.writeUnwritten();
        assertThat(wholeFiles()).isEqualTo(1);
        assertThat(dataDir.resolve("answers")).isDirectoryNotContaining("glob:**.unwritten");
    }

    private void refuse(String state) throws SQLException {
        if (database.isShared()) {
            stored.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN RAISE EXCEPTION ''refused''; END'");
            stored.execute("CREATE TRIGGER refused BEFORE UPDATE ON edit_answers FOR EACH ROW WHEN (NEW.state = '"
                    + state + "') EXECUTE FUNCTION refuse()");
        } else {
            stored.execute("CREATE TRIGGER refused BEFORE UPDATE ON edit_answers WHEN NEW.state = '" + state
                    + "' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        }
    }

    private void allow() throws SQLException {
        stored.execute("DROP TRIGGER refused" + (database.isShared() ? " ON edit_answers" : ""));
    }

    @Test
    void lastBytesOfAStreamWaitForTheCharge() throws Exception {
        CountDownLatch charging = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        pipeline.streamed = true;
        pipeline.beforeCharge = () -> {
            charging.countDown();
            await(go);
        };
        EditResponse response = edit("edit-1");
        ByteArrayOutputStream client = new ByteArrayOutputStream();
        CompletableFuture<Boolean> reader = CompletableFuture.supplyAsync(() -> {
            try {
                response.body().writeTo(client);
                return true;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        await(charging);
        Eventually.so("the client has the beginning", () -> client.size() > 0);
        assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo("first,");
        assertThat(wholeFiles()).isEqualTo(1);
        go.countDown();
        assertThat(reader.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo("first,last");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** This instance freezes between the claim and the hold, for instance while it fetches images. */
    @Test
    void editWhoseKeyRunsElsewhereIsRefused() throws SQLException {
        pipeline.beforeHold = () -> {
            clock.advance(Duration.ofSeconds(11));
            assertThat(others.claim(KEY, Fingerprint.of(REQUEST), "edit-2")).isEmpty();
        };
        assertThat(Failures.of(() -> edit("edit-1")).message()).isEqualTo(ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
        assertThat(stored.number("SELECT count(*) FROM edits")).isZero();
        assertThat(stored.number("SELECT count(*) FROM edit_answers WHERE edit_id = 'edit-2' AND state = 'running'"))
                .isEqualTo(1);
    }

    @Test
    void errorFreesTheKey() throws IOException {
        pipeline.beforeHold = () -> {
            throw new OutOfMemoryError("by the test");
        };
        assertThatThrownBy(() -> edit("edit-1")).isInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(OutOfMemoryError.class);
        pipeline.beforeHold = () -> {};
        assertThat(body(edit("edit-2"))).isEqualTo("first,last");
    }
}
