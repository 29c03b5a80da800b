package dev.retouch.contract.conformance.report;

import java.util.List;
import java.util.Optional;

import dev.retouch.contract.conformance.run.Outcome.State;

/** The content of a report, safe to publish: keys are removed, long values shortened, images reduced. */
final class Shown {

    private Shown() {}

    /**
     * One case.
     *
     * @param reason why it was not run
     * @param milliseconds how long it took, with everything that it waited for
     */
    record ShownCase(String row, String name, String shows, List<String> rules, boolean paid, State state,
            Optional<String> reason, List<ShownDifference> differences, List<String> notes, long milliseconds,
            ShownRequest request, Optional<ShownAnswer> answer) {

        String id() {
            return row + "/" + name;
        }
    }

    record ShownDifference(String what, String expected, String got) {}

    /**
     * What was sent.
     *
     * @param curl as a command line that could be typed
     * @param files what its files are
     */
    record ShownRequest(String method, String path, String curl, List<ShownImage> files) {}

    /**
     * The response.
     *
     * @param headers one header per line
     * @param bytes the size of the whole body
     * @param body the beginning of the body, with long values shortened
     */
    record ShownAnswer(int status, List<String> headers, int bytes, String body, List<ShownImage> images) {}

    /**
     * An image.
     *
     * @param facts what it is, in words
     * @param thumbnail a data URL of a small copy, made here
     */
    record ShownImage(String label, String facts, Optional<String> thumbnail) {}
}
