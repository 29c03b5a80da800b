package dev.retouch.contract.conformance.check;

import java.util.List;
import java.util.stream.Collectors;

/** The answer has one of these statuses. */
public record StatusCheck(List<Integer> allowed) implements Check {

    public StatusCheck {
        allowed = List.copyOf(allowed);
    }

    @Override
    public void look(Evidence evidence, Findings findings) {
        if (!allowed.contains(evidence.answer().status())) {
            findings.differs("status", words(), String.valueOf(evidence.answer().status()));
        }
    }

    private String words() {
        return allowed.stream().map(String::valueOf).collect(Collectors.joining(" or "));
    }

    /** Whether a success is what is expected. */
    public boolean isSuccess() {
        return allowed.stream().allMatch(status -> status >= 200 && status < 300);
    }
}
