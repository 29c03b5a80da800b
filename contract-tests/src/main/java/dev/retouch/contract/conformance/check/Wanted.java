package dev.retouch.contract.conformance.check;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/** What a value in an answer is expected to be. */
public sealed interface Wanted {

    /** Whether a value, which may be missing, is that. */
    boolean fits(JsonNode value, Instant now);

    /** In words, as the end of "expected …". */
    String words();

    /** Exactly this value; null and a missing value differ. */
    record Equal(JsonNode value) implements Wanted {

        @Override
        public boolean fits(JsonNode got, Instant now) {
            if (got.isNumber() && value.isNumber()) {
                return got.decimalValue().compareTo(value.decimalValue()) == 0;
            }
            return got.equals(value);
        }

        @Override
        public String words() {
            return value.toString();
        }
    }

    /** A text in which this expression is found. */
    record Matching(Pattern pattern) implements Wanted {

        @Override
        public boolean fits(JsonNode got, Instant now) {
            return got.isTextual() && pattern.matcher(got.asText()).find();
        }

        @Override
        public String words() {
            return "a text like " + pattern;
        }
    }

    /** Anything, or nothing. */
    record Present(boolean present) implements Wanted {

        @Override
        public boolean fits(JsonNode got, Instant now) {
            return present != (got.isMissingNode() || got.isNull());
        }

        @Override
        public String words() {
            return present ? "a value" : "nothing";
        }
    }

    /** An array of so many. */
    record Count(int count) implements Wanted {

        @Override
        public boolean fits(JsonNode got, Instant now) {
            return got.isArray() && got.size() == count;
        }

        @Override
        public String words() {
            return "an array of " + count;
        }
    }

    /** A number of at least this. */
    record AtLeast(long least) implements Wanted {

        @Override
        public boolean fits(JsonNode got, Instant now) {
            return got.isIntegralNumber() && got.asLong() >= least;
        }

        @Override
        public String words() {
            return "an integer of " + least + " or more";
        }
    }

    /** A moment in Unix seconds, not long ago by the clock of this machine or of another machine. */
    record Recent(Duration within) implements Wanted {

        @Override
        public boolean fits(JsonNode got, Instant now) {
            return got.isIntegralNumber()
                    && Math.abs(got.asLong() - now.getEpochSecond()) <= within.toSeconds();
        }

        @Override
        public String words() {
            return "Unix seconds within " + within.toMinutes() + " minutes of now";
        }
    }
}
