package dev.retouch.server.billing;

import java.math.BigDecimal;
import java.util.Optional;

import dev.retouch.server.database.Database;
import dev.retouch.server.fixture.ManualClock;

/** Edits as tests order them. */
final class Orders {

    private Orders() {}

    static Money money(String amount) {
        return Money.of(new BigDecimal(amount));
    }

    /** Adds an amount to a budget, or withdraws it, as an administrator does. */
    static void fund(Database database, String owner, Money amount, String note) {
        Budget _ = new FundingService(database, ManualClock.atSomeTime()).fund(Optional.empty(), owner, amount, note)
                .budget();
    }

    static HoldRequest order(String editId, String keyId, String group, String worst) {
        return new HoldRequest(editId, keyId, group, "gpt-image-1", "USD", "2026-01", false, 1, money(worst));
    }

    static HoldRequest free(String editId, String keyId, String group, String worst) {
        return new HoldRequest(editId, keyId, group, "gpt-image-1", "USD", "2026-01", true, 1, money(worst));
    }

    static DeliveredUsage images(long images) {
        return new DeliveredUsage(images, 10 * images, 100 * images, 1000 * images);
    }
}
