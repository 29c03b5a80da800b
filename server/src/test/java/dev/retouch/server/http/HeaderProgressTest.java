package dev.retouch.server.http;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When a connection counts as one that sends its headers too slowly. */
final class HeaderProgressTest {

    private static final long MAX = 10;

    private final HeaderProgress progress = new HeaderProgress();

    @Test
    void idleConnectionIsNotSlow() {
        assertThat(progress.takesLongerThan(MAX, 0, 0)).isFalse();
        assertThat(progress.takesLongerThan(MAX, 0, 100)).isFalse();
    }

    @Test
    void countsFromTheFirstByte() {
        assertThat(progress.takesLongerThan(MAX, 1, 100)).isFalse();
        assertThat(progress.takesLongerThan(MAX, 2, 110)).isFalse();
        assertThat(progress.takesLongerThan(MAX, 3, 111)).isTrue();
    }

    @Test
    void aRequestInProgressMayTakeAnyTime() {
        assertThat(progress.takesLongerThan(MAX, 1, 0)).isFalse();
        long first = progress.headersComplete();
        assertThat(progress.takesLongerThan(MAX, 1, 1000)).isFalse();
        progress.requestComplete(first, 1);
        assertThat(progress.takesLongerThan(MAX, 1, 2000)).isFalse();
        assertThat(progress.takesLongerThan(MAX, 2, 2000)).isFalse();
        assertThat(progress.takesLongerThan(MAX, 2, 2011)).isTrue();
    }

    /** The end of the first request is reported while the second one is already processed. */
    @Test
    void aLateEndOfTheRequestBeforeDoesNotEndTheCurrentOne() {
        long first = progress.headersComplete();
        long second = progress.headersComplete();
        progress.requestComplete(first, 1);
        assertThat(progress.takesLongerThan(MAX, 2, 0)).isFalse();
        assertThat(progress.takesLongerThan(MAX, 2, 1000)).isFalse();
        progress.requestComplete(second, 2);
        assertThat(progress.takesLongerThan(MAX, 2, 2000)).isFalse();
    }
}
