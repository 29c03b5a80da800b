package dev.retouch.server.moderation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.moderation.ModerationImage.Held;
import dev.retouch.server.moderation.ModerationObserver.Outcome;
import dev.retouch.server.moderation.ModerationPolicy.Mode;
import dev.retouch.server.moderation.ModerationPolicy.OnFailure;

/** Judges edits: first by the operator's own rules, which cost nothing, then by the service, where there is one. */
public final class Moderator {

    private static final Logger LOG = LoggerFactory.getLogger(Moderator.class);
    private static final String PROMPT = "prompt";

    private final LocalRules rules;
    private final Optional<ModerationClient> service;
    private final ModerationObserver observer;

    /** Creates a moderator with these rules and this service; the caller closes the service. */
    public Moderator(LocalRules rules, Optional<ModerationClient> service) {
        this(rules, service, ModerationObserver.NONE);
    }

    /** Creates a moderator that reports its verdicts; the caller closes the service. */
    public Moderator(LocalRules rules, Optional<ModerationClient> service, ModerationObserver observer) {
        this.rules = rules;
        this.service = service;
        this.observer = observer;
    }

    /** What was found in one input, or why nothing could be. */
    private record Finding(String input, SortedSet<String> categories, Optional<String> failure) {

        static Finding of(String input, SortedSet<String> categories) {
            return new Finding(input, categories, Optional.empty());
        }
    }

    /**
     * Judges the prompt and every image of an edit.
     *
     * @param requestId names the edit in the log
     * @return what was found and let pass
     * @throws ModerationBlockedException where something was found and the policy refuses it
     * @throws ModerationUnavailableException where the service did not answer and the policy refuses that
     */
    public Verdict check(String prompt, List<ModerationImage> images, ModerationPolicy policy, String requestId) {
        if (policy.mode() == Mode.OFF) {
            return Verdict.CLEAN;
        }
        List<Finding> own = byRules(prompt, images);
        boolean decided = policy.mode() == Mode.BLOCK && verdict(own).flagged();
        List<Finding> asked = decided || service.isEmpty()
                ? List.of()
                : byService(service.get(), prompt, images, policy.thresholds());
        report(own, asked, policy);
        List<Finding> findings = new ArrayList<>(own);
        findings.addAll(asked);
        return conclude(findings, policy, requestId);
    }

    private void report(List<Finding> own, List<Finding> asked, ModerationPolicy policy) {
        SortedSet<String> byRules = verdict(own).categories();
        SortedSet<String> byService = verdict(asked).categories();
        Outcome flagged = policy.mode() == Mode.BLOCK ? Outcome.BLOCKED : Outcome.FLAGGED;
        if (!byRules.isEmpty()) {
            observer.moderated(flagged, byRules, "rules");
        }
        if (!byService.isEmpty()) {
            observer.moderated(flagged, byService, "service");
        }
        if (byRules.isEmpty() && byService.isEmpty()) {
            boolean failed = asked.stream().anyMatch(finding -> finding.failure().isPresent());
            observer.moderated(failed ? Outcome.FAILED : Outcome.PASSED, Set.of(), "none");
        }
    }

    /** Whether a policy can only be applied to the bytes of images that the gateway itself has, not to their URLs. */
    public boolean needsBytes(ModerationPolicy policy) {
        return policy.mode() == Mode.BLOCK || (policy.mode() != Mode.OFF && rules.judgeImages());
    }

    private List<Finding> byRules(String prompt, List<ModerationImage> images) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.of(PROMPT, rules.categoriesOf(prompt)));
        for (ModerationImage image : images) {
            SortedSet<String> found = image instanceof Held held
                    ? rules.categoriesOf(held.bytes())
                    : Collections.emptySortedSet();
            findings.add(Finding.of(image.name(), found));
        }
        return findings;
    }

    /** Sends all inputs concurrently, and waits for every response: a verdict names everything flagged. */
    private static List<Finding> byService(ModerationClient service, String prompt, List<ModerationImage> images,
            Map<String, BigDecimal> thresholds) {
        List<Callable<Finding>> questions = new ArrayList<>();
        if (!prompt.isBlank()) {
            questions.add(() -> finding(PROMPT, thresholds, () -> service.moderate(prompt)));
        }
        for (ModerationImage image : images) {
            questions.add(() -> finding(image.name(), thresholds, () -> service.moderate(image)));
        }
        try (ExecutorService threads = Executors
                .newThreadPerTaskExecutor(Thread.ofVirtual().name("moderation-", 0).factory())) {
            return threads.invokeAll(questions).stream().map(Moderator::result).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while waiting for moderation", e));
        }
    }

    private static Finding result(Future<Finding> future) {
        if (future.state() == Future.State.FAILED) {
            throw new IllegalStateException("moderation failed", future.exceptionNow());
        }
        return future.resultNow();
    }

    /** A question to the service. */
    private interface Question {

        SortedMap<String, CategoryResult> ask() throws ModerationClientException, InterruptedException;
    }

    private static Finding finding(String input, Map<String, BigDecimal> thresholds, Question question)
            throws InterruptedException {
        try {
            SortedSet<String> categories = new TreeSet<>();
            question.ask().forEach((category, opinion) -> {
                if (opinion.counts(thresholds.get(category))) {
                    categories.add(category);
                }
            });
            return Finding.of(input, categories);
        } catch (ModerationClientException e) {
            return new Finding(input, Collections.emptySortedSet(), Optional.of(e.reason()));
        }
    }

    private static Verdict conclude(List<Finding> findings, ModerationPolicy policy, String requestId) {
        Verdict verdict = verdict(findings);
        List<Finding> failures = findings.stream().filter(finding -> finding.failure().isPresent()).toList();
        String reasons = String.join(", ",
                failures.stream().flatMap(finding -> finding.failure().stream()).distinct().toList());
        if (!failures.isEmpty()) {
            LOG.warn("moderation failed reason=\"{}\" inputs=\"{}\" mode={} on-failure={} request={}", reasons,
                    failures.stream().map(Finding::input).toList(), policy.mode(), policy.onFailure(), requestId);
        }
        if (verdict.flagged()) {
            LOG.info("moderation flagged categories=\"{}\" inputs=\"{}\" request={} mode={}", verdict.categories(),
                    verdict.inputs(), requestId, policy.mode());
        }
        if (policy.mode() == Mode.BLOCK && verdict.flagged()) {
            throw new ModerationBlockedException(verdict);
        }
        if (policy.mode() == Mode.BLOCK && policy.onFailure() == OnFailure.CLOSED && !failures.isEmpty()) {
            throw new ModerationUnavailableException(reasons);
        }
        return verdict;
    }

    private static Verdict verdict(List<Finding> findings) {
        SortedSet<String> categories = new TreeSet<>();
        Set<String> inputs = new HashSet<>();
        for (Finding finding : findings) {
            if (!finding.categories().isEmpty()) {
                categories.addAll(finding.categories());
                inputs.add(finding.input());
            }
        }
        // the rules looked at every input in its order, so the order of findings is that of inputs
        return new Verdict(categories,
                findings.stream().map(Finding::input).distinct().filter(inputs::contains).toList());
    }
}
