package dev.retouch.contract.conformance.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.retouch.contract.conformance.cases.Case;
import dev.retouch.contract.conformance.check.Evidence;
import dev.retouch.contract.conformance.check.Findings.Difference;

/**
 * The outcome of a case.
 *
 * @param reason why it was not run; empty if it was
 * @param evidence the response; empty if there was none
 */
public record Outcome(Case tried, State state, Optional<String> reason, List<Difference> differences,
        List<String> notes,
        Duration took, Optional<Evidence> evidence) {

    /** The three ways to end. */
    public enum State {
        PASSED("passed"), DIFFERS("differs"), NOT_RUN("not run");

        private final String words;

        State(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }

    public Outcome {
        differences = List.copyOf(differences);
        notes = List.copyOf(notes);
    }

    static Outcome notRun(Case tried, String reason) {
        return new Outcome(tried, State.NOT_RUN, Optional.of(reason), List.of(), List.of(), Duration.ZERO,
                Optional.empty());
    }
}
