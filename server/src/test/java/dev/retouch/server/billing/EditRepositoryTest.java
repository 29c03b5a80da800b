package dev.retouch.server.billing;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.EditRepository.Filter;
import dev.retouch.server.billing.EditRepository.Page;
import dev.retouch.server.billing.EditRepository.Posting;
import dev.retouch.server.billing.EditRepository.Transaction;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class EditRepositoryTest {

    private static final Instant START = Instant.parse("2026-11-02T23:59:59.999Z");
    private static final Filter ALL = Filter.ALL;

    @TempDir
    private Path folder = Path.of(".");

    private final TestDatabase stored;
    private final ManualClock clock = new ManualClock(START);
    private final Ledger ledger;
    private final EditRepository edits;

    EditRepositoryTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        Database database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
        this.edits = new EditRepository(database);
    }

    /** Two edits in the same millisecond, then three in the next one. */
    @BeforeEach
    void edit() {
        hold("1", "anna", "shop", "small");
        ledger.settle("1", images(2), money("0.4"));
        hold("2", "anna", "shop", "large");
        ledger.release("2", "no image");
        clock.advance(Duration.ofMillis(1));
        hold("3", "bert", "shop", "large");
        hold("4", "carl", "lab", "small");
        ledger.markUndecided("4", "connection lost");
        hold("5", "carl", "lab", "small");
        ledger.settle("5", images(3), money("1.2"));
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private void hold(String id, String keyId, String group, String model) {
        ledger.hold(new HoldRequest(id, keyId, group, model, "USD", "2026-01", false, 3, money("1")));
    }

    private Page page(Filter filter, @Nullable String after, int limit) {
        return edits.page(filter, after, limit).orElseThrow();
    }

    private List<String> ids(Filter filter) {
        return page(filter, null, 100).edits().stream().map(LedgerEdit::id).toList();
    }

    @Test
    void pagesCoverTheListOnceEachEvenWithinAMillisecond() {
        Page first = page(ALL, null, 2);
        assertThat(first.edits()).extracting(LedgerEdit::id).containsExactly("5", "4");
        assertThat(first.hasMore()).isTrue();
        Page second = page(ALL, "4", 2);
        assertThat(second.edits()).extracting(LedgerEdit::id).containsExactly("3", "2");
        assertThat(second.hasMore()).isTrue();
        Page last = page(ALL, "2", 2);
        assertThat(last.edits()).extracting(LedgerEdit::id).containsExactly("1");
        assertThat(last.hasMore()).isFalse();
        assertThat(page(ALL, "1", 2).edits()).isEmpty();
    }

    @Test
    void filtersCombine() {
        assertThat(ids(new Filter("anna", null, null, null, null, null, null, null))).containsExactly("2", "1");
        assertThat(ids(new Filter(null, "shop", "large", null, null, null, null, null))).containsExactly("3", "2");
        assertThat(ids(new Filter(null, null, null, HoldState.SETTLED, null, null, null, null))).containsExactly("5",
                "1");
        assertThat(ids(new Filter(null, null, null, null, "4", null, null, null))).containsExactly("4");
        assertThat(ids(new Filter(null, null, null, null, null, null, START.plusMillis(1), null)))
                .containsExactly("5", "4", "3");
        assertThat(ids(new Filter(null, null, null, null, null, null, null, START.plusMillis(1)))).containsExactly("2",
                "1");
    }

    /** Of the last attempt and of attempts before it; an end without a report leaves the report of an earlier end. */
    @Test
    void findsEditsByIdsOfUpstreams() {
        hold("6", "carl", "lab", "small");
        DeferredSettlement settlement = new DeferredSettlement(ledger, new EndJournal(folder));
        settlement.end(EditEnd.undecided("6", "timeout")
                .with(Optional.of(new EndReport("{\"attempts\":[]}", List.of("req_a", "req_b", "req_c")))));
        hold("7", "carl", "lab", "small");
        settlement.end(EditEnd.settle("7", images(1), money("0.5"), null)
                .with(Optional.of(new EndReport("{}", List.of("req_b")))));
        ledger.releaseUndecided("6", "decided by hand");
        assertThat(ids(ofUpstream("req_a"))).containsExactly("6");
        assertThat(ids(ofUpstream("req_b"))).containsExactlyInAnyOrder("6", "7");
        assertThat(ids(ofUpstream("req_c"))).containsExactly("6");
        assertThat(ids(ofUpstream("req_"))).isEmpty();
        LedgerEdit released = edits.edit("6").orElseThrow();
        assertThat(released.state()).isEqualTo(HoldState.RELEASED);
        assertThat(released.upstreamId()).isEqualTo("req_c");
        assertThat(released.report()).isEqualTo("{\"attempts\":[]}");
        assertThat(edits.edit("1")).get().extracting(LedgerEdit::report).isNull();
    }

    private static Filter ofUpstream(String id) {
        return new Filter(null, null, null, null, null, id, null, null);
    }

    @Test
    void pageAfterEditOfAnotherListIsEmpty() {
        assertThat(edits.page(new Filter("anna", null, null, null, null, null, null, null), "3", 2)).isEmpty();
        assertThat(edits.page(ALL, "unknown", 2)).isEmpty();
    }

    @Test
    void transactionsShowHoldAndSettlementOfBothOwners() {
        List<Transaction> found = edits.transactions("5");
        assertThat(found).extracting(Transaction::kind).containsExactly("hold", "settle");
        assertThat(found.getFirst().postings()).containsExactly(new Posting("group:lab", "available", money("-1")),
                new Posting("group:lab", "held", money("1")), new Posting("key:carl", "available", money("-1")),
                new Posting("key:carl", "held", money("1")));
        assertThat(found.getLast().postings()).contains(new Posting("key:carl", "available", money("-0.2")),
                new Posting("key:carl", "held", money("-1")), new Posting("key:carl", "spent", money("1.2")));
        assertThat(edits.transactions("2")).extracting(Transaction::kind).containsExactly("hold", "release");
        assertThat(edits.transactions("2").getLast().note()).isEqualTo("no image");
        assertThat(edits.transactions("unknown")).isEmpty();
        assertThat(edits.edit("5")).get().extracting(LedgerEdit::cost).isEqualTo(money("1.2"));
        assertThat(edits.edit("unknown")).isEmpty();
    }
}
