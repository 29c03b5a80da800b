package dev.retouch.server.edit;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

import org.junit.jupiter.api.Test;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.admission.slot.InMemoryConcurrencyLimiter;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.key.Group;

import static org.assertj.core.api.Assertions.assertThat;

class EditAdmissionTest {

    private static final AdmissionLimits ONE = new AdmissionLimits(1, null, null, null, null);

    private final InMemoryConcurrencyLimiter slots = new InMemoryConcurrencyLimiter(Clock.systemUTC());

    private EditAdmission admission(LongPredicate aliveSince) {
        return new EditAdmission((_, _) -> {
            throw new AssertionError("no rate is checked");
        }, slots, new InMemoryConcurrencyLimiter(Clock.systemUTC()), aliveSince);
    }

    private static ApiPrincipal principal(Group group, AdmissionLimits limits) {
        return new ApiPrincipal(new ApiKey("key_1", "key_1", group.name(), "", "sk", limits, Instant.EPOCH, null, false,
                null, null), group);
    }

    /** The time in question begins before the slot is taken: an instance may freeze in between. */
    @Test
    void aSlotIsLostIfItsInstanceWasTakenForDeadSinceItAskedForIt() {
        List<Long> asked = new ArrayList<>();
        boolean[] alive = {true};
        long before = System.nanoTime();
        try (EditAdmission.Place place = admission(time -> asked.add(time) && alive[0])
                .acquireSlot(principal(Group.open("team"), ONE), "edit")) {
            long after = System.nanoTime();
            assertThat(place.isLost()).isFalse();
            alive[0] = false;
            assertThat(place.isLost()).isTrue();
            assertThat(asked).hasSize(2).allSatisfy(time -> assertThat(time).isBetween(before, after));
            assertThat(slots.held()).isOne();
        }
        assertThat(slots.held()).isZero();
    }

    @Test
    void anEditWithoutASharedSlotHasNothingToLose() {
        EditAdmission admission = admission(_ -> false);
        try (EditAdmission.Place unlimited = admission.acquireSlot(
                principal(Group.open("team"), AdmissionLimits.NONE), "unlimited");
                EditAdmission.Place free = admission.acquireSlot(principal(Group.sandbox(false, 1), ONE), "free")) {
            assertThat(unlimited.isLost()).isFalse();
            assertThat(free.isLost()).isFalse();
            assertThat(slots.held()).isZero();
        }
    }
}
