package dev.retouch.server.billing;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.FundingService.Funded;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class FundingServiceTest {

    private static final String OWNER = "group:team";

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Ledger ledger;
    private final FundingService funding;

    FundingServiceTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
        this.funding = new FundingService(database, clock);
    }

    @AfterEach
    void close() {
        assertThat(new LedgerVerifier(database).verify().findings()).isEmpty();
        stored.close();
    }

    private Funded fund(String id, String amount) {
        return funding.fund(Optional.of(id), OWNER, money(amount), "November");
    }

    private long transactions() throws SQLException {
        return stored.number("SELECT COUNT(*) FROM ledger_transactions WHERE kind IN ('fund', 'withdraw')");
    }

    @Test
    void repeatedRequestIsBookedOnceAndReturnsFirstResult() throws SQLException {
        Funded first = fund("order-1", "5");
        assertThat(first.replayed()).isFalse();
        assertThat(first.budget().available()).isEqualTo(money("5"));
        ledger.hold(order("edit", "k", "team", "2"));
        ledger.settle("edit", images(1), money("1"));

        Funded second = fund("order-1", "5");
        assertThat(second.replayed()).isTrue();
        assertThat(second.budget()).as("as it was then").isEqualTo(first.budget());
        assertThat(transactions()).isEqualTo(1);
        assertThat(ledger.budget(OWNER).orElseThrow().available()).isEqualTo(money("4"));
    }

    @Test
    void sameIdWithOtherContentsIsRefusedAndBooksNothing() throws SQLException {
        fund("order-2", "5");
        assertThatThrownBy(() -> fund("order-2", "6")).isInstanceOf(RequestReusedException.class)
                .hasMessageContaining("group:team").hasMessageContaining("5");
        assertThatThrownBy(() -> funding.fund(Optional.of("order-2"), "group:other", money("5"), "November"))
                .isInstanceOf(RequestReusedException.class);
        assertThatThrownBy(() -> funding.fund(Optional.of("order-2"), OWNER, money("5"), "December"))
                .isInstanceOf(RequestReusedException.class);
        assertThat(transactions()).isEqualTo(1);
    }

    @Test
    void requestsWithoutIdAreBookedEachTime() throws SQLException {
        funding.fund(Optional.empty(), OWNER, money("5"), "");
        funding.fund(Optional.empty(), OWNER, money("-2"), "");
        assertThat(transactions()).isEqualTo(2);
        assertThat(ledger.budget(OWNER).orElseThrow()).returns(money("3"), Budget::available)
                .returns(true, Budget::limited);
    }

    @Test
    void failedRequestCanBeRepeatedWithItsId() {
        fund("order-3", "1");
        assertThatThrownBy(() -> fund("order-4", "9223372036")).isInstanceOf(ArithmeticException.class);
        assertThat(fund("order-4", "2").replayed()).isFalse();
        assertThat(ledger.budget(OWNER).orElseThrow().available()).isEqualTo(money("3"));
    }

    @Test
    void concurrentRequestsWithOneIdAreBookedOnce() throws InterruptedException, SQLException {
        List<FundingService> instances = List.of(funding, new FundingService(stored.open(), clock));
        List<Callable<Funded>> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            FundingService instance = instances.get(i % 2);
            requests.add(() -> instance.fund(Optional.of("order-5"), OWNER, money("7"), ""));
        }
        List<Funded> results;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            results = threads.invokeAll(requests).stream().map(Future::resultNow).toList();
        }
        assertThat(results).filteredOn(result -> !result.replayed()).hasSize(1);
        assertThat(results).extracting(Funded::budget).containsOnly(results.getFirst().budget());
        assertThat(transactions()).isEqualTo(1);
    }
}
