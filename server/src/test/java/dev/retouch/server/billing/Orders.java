package dev.retouch.server.billing;

import java.math.BigDecimal;

/** Edits as tests order them. */
final class Orders {

    private Orders() {}

    static Money money(String amount) {
        return Money.of(new BigDecimal(amount));
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
