package dev.retouch.server.answer;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.price.ReportedUsage;

/** A charge that keeps its first end, as the real one does. */
final class RecordingCharge implements EditCharge {

    private @Nullable String end;
    private int images;
    private @Nullable ReportedUsage usage;

    @Override
    public Map<String, String> settle(int count, ReportedUsage reported) {
        if (end == null) {
            end = "settled";
            images = count;
            usage = reported;
        }
        return Map.of("x-retouch-cost", count + " images");
    }

    @Override
    public void fail(boolean mayHaveRun, String why) {
        end = end == null ? (mayHaveRun ? "undecided" : "released") : end;
    }

    @Override
    public void abandon(String why) {
        end = end == null ? "abandoned" : end;
    }

    /** How the edit ended: settled, released, undecided, abandoned, or open. */
    String end() {
        return end == null ? "open" : end;
    }

    /** The number of images that are charged. */
    int images() {
        return images;
    }

    @Nullable
    ReportedUsage usage() {
        return usage;
    }
}
