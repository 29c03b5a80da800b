package dev.retouch.contract.conformance.check;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.retouch.contract.conformance.wire.Answer;
import dev.retouch.contract.conformance.wire.NoAnswerException;

/**
 * Expects the links of a response to serve images without a key until they expire.
 *
 * @param lifetime the range of the lifetime of a link; empty if not checked
 * @param forged whether a link with another signature must be refused
 */
public record LinkCheck(Optional<Range> lifetime, boolean forged) implements Check {

    private static final Pattern SIGNATURE = Pattern.compile("(?i)([?&][\\w.-]*(?:signature|sig)=)([^&]+)");

    /** From a shortest to a longest. */
    public record Range(Duration least, Duration most) {

        @Override
        public String toString() {
            return words(least) + " to " + words(most);
        }
    }

    @Override
    public void look(Evidence evidence, Findings findings) throws InterruptedException {
        for (Returned image : evidence.images()) {
            if (image.url().isEmpty() || image.behindLink().isEmpty()) {
                findings.differs(image.place(), "a link that works without the key", image.facts());
                continue;
            }
            Answer file = image.behindLink().get();
            String url = image.url().get();
            image.picture().ifPresent(picture -> {
                String type = "image/" + picture.format();
                if (!file.type().equals(type)) {
                    findings.differs("content-type behind the link", type, file.type());
                }
            });
            lifetime.ifPresent(wanted -> lifetime(wanted, url, file, evidence, findings));
            if (forged) {
                forged(url, evidence, findings);
            }
        }
    }

    private static void lifetime(Range wanted, String url, Answer file, Evidence evidence, Findings findings) {
        Optional<Duration> left = LinkLifetime.of(url, file, evidence.received());
        if (left.isEmpty()) {
            findings.note("How long the link lives is not observable: neither it nor the answer behind it says so.");
            return;
        }
        Duration lives = left.get();
        if (lives.compareTo(wanted.least()) < 0 || lives.compareTo(wanted.most()) > 0) {
            findings.differs("lifetime of the link", wanted.toString(), words(lives));
        } else {
            findings.note("The link lives " + words(lives) + ".");
        }
    }

    private static void forged(String url, Evidence evidence, Findings findings) throws InterruptedException {
        Matcher signature = SIGNATURE.matcher(url);
        if (!signature.find()) {
            findings.note("Whether a changed link is refused is not observable: this one has no signature to change.");
            return;
        }
        String changed = url.substring(0, signature.start(2)) + new StringBuilder(signature.group(2)).reverse()
                + url.substring(signature.end(2));
        try {
            int status = evidence.fetch(URI.create(changed)).status();
            if (status < 400 || status >= 500) {
                findings.differs("a link with another signature", "a refusal (4xx)", String.valueOf(status));
            }
        } catch (NoAnswerException e) {
            findings.differs("a link with another signature", "a refusal (4xx)", String.valueOf(e.getMessage()));
        }
    }

    static String words(Duration time) {
        long minutes = Math.round(time.toSeconds() / 60.0);
        return minutes < 120 ? minutes + " minutes" : String.format(Locale.ROOT, "%.1f hours", minutes / 60.0);
    }
}
