package dev.retouch.server.edit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.model.QuotedList;

/**
 * An outcome of a sandbox edit that its client has chosen.
 *
 * @param kind what happens
 * @param delay the time before the answer begins; zero for every kind but {@link Kind#SLOW}
 */
public record TestOutcome(Kind kind, Duration delay) {

    /** The request header that chooses it. */
    public static final String HEADER = "Retouch-Test";

    private static final Pattern SLOW = Pattern.compile("slow=([1-9][0-9]{0,2})s");
    private static final int MAX_SECONDS = 600;
    private static final List<String> SUPPORTED = List.of("moderation_blocked", "rate_limited", "server_error",
            "slow=30s", "cut", "no-usage", "fewer-images", "changed-outside");

    /** What happens. */
    public enum Kind {
        /** The provider's moderation rejects the edit. */
        MODERATION_BLOCKED,
        /** The provider's rate limit is exceeded. */
        RATE_LIMITED,
        /** The provider fails. */
        SERVER_ERROR,
        /** The answer begins late. */
        SLOW,
        /** The answer breaks off. */
        CUT,
        /** The answer has no usage. */
        NO_USAGE,
        /** The answer has one image less than requested. */
        FEWER_IMAGES,
        /** The answer is changed outside the mask too. */
        CHANGED_OUTSIDE
    }

    /** The outcome that a request has chosen, if it has. */
    static Optional<TestOutcome> of(EditRequest request) {
        return Optional.ofNullable(request.parameters().get(HEADER)).map(TestOutcome::parse);
    }

    /**
     * Reads the value of the header.
     *
     * @throws ApiException if it is none of the supported values
     */
    static TestOutcome parse(String value) {
        String outcome = value.strip();
        Matcher slow = SLOW.matcher(outcome);
        if (slow.matches() && Integer.parseInt(slow.group(1)) <= MAX_SECONDS) {
            return new TestOutcome(Kind.SLOW, Duration.ofSeconds(Integer.parseInt(slow.group(1))));
        }
        return new TestOutcome(switch (outcome) {
            case "moderation_blocked" -> Kind.MODERATION_BLOCKED;
            case "rate_limited" -> Kind.RATE_LIMITED;
            case "server_error" -> Kind.SERVER_ERROR;
            case "cut" -> Kind.CUT;
            case "no-usage" -> Kind.NO_USAGE;
            case "fewer-images" -> Kind.FEWER_IMAGES;
            case "changed-outside" -> Kind.CHANGED_OUTSIDE;
            default -> throw new ApiException(ErrorMessage.VALUE_IS_NOT_SUPPORTED, HEADER)
                    .withArgument("value", outcome).withArgument("supported", QuotedList.of(SUPPORTED));
        }, Duration.ZERO);
    }
}
