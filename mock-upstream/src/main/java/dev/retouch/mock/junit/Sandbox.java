package dev.retouch.mock.junit;

import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.journal.Journal;
import dev.retouch.mock.scenario.ScenarioQueue;

/**
 * A running mock upstream of a test.
 *
 * @param baseUrl the base URL for clients, ending in {@code /v1}
 * @param key the API key that it accepts; it refuses all others
 * @param upstream the mock upstream itself
 */
public record Sandbox(String baseUrl, String key, MockUpstream upstream) {

    /** The requests that it received since the test began. */
    public Journal journal() {
        return upstream.journal();
    }

    /** What it does instead of a right response: errors, delays, broken connections. */
    public ScenarioQueue scenarios() {
        return upstream.scenarios();
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Sandbox[" + baseUrl + "]";
    }
}
