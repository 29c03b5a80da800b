package dev.retouch.server.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import dev.retouch.server.exchange.EditFigures;
import dev.retouch.server.exchange.EditObserver;
import dev.retouch.server.exchange.EditOrigin;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;

class RecentEditsTest {

    private static final EditResult SUCCESS = new EditResult(EditResult.Outcome.SUCCEEDED, EditResult.NO_CODE, 200);
    private static final EditResult FAILURE = new EditResult(EditResult.Outcome.FAILED, "upstream_failed", 502);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-29T10:59:00Z"));
    private final RecentEdits edits = new RecentEdits(clock);

    /** An edit that was dispatched and has ended after so many milliseconds. */
    private void ended(EditResult result, long milliseconds) {
        EditRecord edit = new EditRecord("req_1", System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(milliseconds),
                EditObserver.NONE, EditOrigin.NONE);
        edits.began(edit);
        edit.attempted("a");
        edit.close();
        edits.ended(edit, result);
    }

    @Test
    void countsEditsThatRunAndWait() {
        EditRecord edit = new EditRecord("req_1", System.nanoTime(), EditObserver.NONE, EditOrigin.NONE);
        edits.began(edit);
        edits.entered(edit, Phase.QUEUE);
        assertThat(edits.figures()).extracting(EditFigures::running, EditFigures::waiting).containsExactly(1, 1);
        edits.left(edit, Phase.QUEUE, Duration.ZERO);
        assertThat(edits.figures().waiting()).isZero();
        edit.close();
        edits.ended(edit, FAILURE);
        assertThat(edits.figures().running()).isZero();
        assertThat(edits.figures().durations()).as("of an edit that was not dispatched").isEmpty();
    }

    @Test
    void percentilesAreOfRecentEdits() {
        for (int i = 1; i <= 20; i++) {
            ended(SUCCESS, i * 10_000L);
        }
        EditFigures.Durations durations = edits.figures().durations().orElseThrow();
        assertThat(durations.median()).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(105));
        assertThat(durations.p95()).isBetween(Duration.ofSeconds(190), Duration.ofSeconds(195));
        clock.advance(RecentEdits.RECENT.plusSeconds(1));
        assertThat(edits.figures().durations()).isEmpty();
    }

    @Test
    void memoryDoesNotGrowWithTheNumberOfEdits() {
        for (int i = 0; i < 5000; i++) {
            ended(SUCCESS, i < 904 ? 100_000 : 1);
        }
        assertThat(edits.figures().durations().orElseThrow().p95()).as("of the latest 4096")
                .isLessThan(Duration.ofSeconds(100));
    }
}
