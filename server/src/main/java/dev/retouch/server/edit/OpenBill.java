package dev.retouch.server.edit;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.billing.Delivered;
import dev.retouch.server.billing.Money;
import dev.retouch.server.billing.SafeSettlement;
import dev.retouch.server.policy.Undecided;
import dev.retouch.server.price.PricedEdit;
import dev.retouch.server.price.Pricing;
import dev.retouch.server.price.TokenUsage;

/** A bill whose money is held. Closed without a word, as when the caller goes away, it stays held and is decided later. */
final class OpenBill implements Bill, AutoCloseable {

    private final PricedEdit edit;
    private final String editId;
    private final boolean free;
    private final Pricing pricing;
    private final SafeSettlement settlement;
    private final Undecided abandoned;
    private boolean told;

    OpenBill(PricedEdit edit, String editId, boolean free, Pricing pricing, SafeSettlement settlement,
            Undecided abandoned) {
        this.edit = edit;
        this.editId = editId;
        this.free = free;
        this.pricing = pricing;
        this.settlement = settlement;
        this.abandoned = abandoned;
    }

    @Override
    public synchronized Map<String, String> delivered(int images, Optional<TokenUsage> usage) {
        if (images == 0) {
            failed(false, "no image was delivered");
            return Map.of();
        }
        if (told) {
            return Map.of();
        }
        told = true;
        TokenUsage tokens = usage.orElse(TokenUsage.NONE);
        Money cost = free ? Money.ZERO : Money.of(price(images, usage));
        settlement.settle(editId, new Delivered(images, tokens.textInput(), tokens.imageInput(), tokens.output()),
                cost);
        return Map.of("x-retouch-cost", cost + " " + edit.entry().prices().currency());
    }

    private BigDecimal price(int images, Optional<TokenUsage> usage) {
        boolean perToken = edit.entry().prices().perImage().isEmpty();
        return perToken && usage.isPresent()
                ? pricing.price(edit.entry().prices(), usage.get())
                : pricing.priceOfDelivered(edit, images);
    }

    @Override
    public synchronized void failed(boolean mayHaveRun, String why) {
        if (told) {
            return;
        }
        told = true;
        if (mayHaveRun) {
            settlement.undecided(editId, why);
        } else {
            settlement.release(editId, why);
        }
    }

    @Override
    public synchronized void abandoned(String why) {
        if (told) {
            return;
        }
        if (abandoned == Undecided.CHARGE) {
            delivered(edit.count(), Optional.empty());
        } else {
            told = true;
            settlement.release(editId, why);
        }
    }

    @Override
    public void close() {
        failed(true, "nobody waited for the end");
    }
}
