package dev.retouch.contract.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;

import dev.retouch.contract.fleet.FleetClient.Kind;
import dev.retouch.contract.fleet.Load.ApiKey;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.mock.journal.JournalEntry;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares what clients have got, and what the ledger says, with the journal of the provider. */
final class Audit {

    private static final String EDITS = "/v1/images/edits";
    /** What the provider answers if it certainly did not run an edit. */
    private static final int NOT_RUN = 503;
    /** Between the hold of an edit and its dispatch, on a machine that is slow. */
    private static final Duration DISPATCH = Duration.ofSeconds(3);
    /** A slow machine, and that background jobs run every two seconds. */
    private static final Duration MARGIN = Duration.ofSeconds(15);
    /** Edits whose images or response could not be stored. */
    private static final String LOST = "state = 'released' AND note IN ('the response could not be stored', 'the answer could not be stored')";
    private static final String UNKNOWN = "note LIKE 'charged in full, because its outcome is unknown%'";

    private final List<JournalEntry> journal;
    private final Load load;
    private final LedgerProbe books;

    Audit(Fleet fleet, Load load, LedgerProbe books) {
        this.journal = fleet.upstream().journal().entries().stream()
                .filter(entry -> entry.path().equals(EDITS) && entry.status() != NOT_RUN).toList();
        this.load = load;
        this.books = books;
    }

    private static String prompt(JournalEntry entry) {
        return entry.field("prompt").orElse("");
    }

    private static String editId(JournalEntry entry) {
        return entry.header("x-client-request-id").orElse("");
    }

    /**
     * No edit ran twice, whichever instances had its key or its task, one after the other. An edit with an idempotency key may run again
     * if its response could not be stored; then it was not charged.
     */
    void assertNothingRanTwice() {
        Map<String, List<String>> runs = journal.stream()
                .filter(entry -> !prompt(entry).startsWith(LostSlot.PREFIX))
                .collect(Collectors.groupingBy(Audit::prompt,
                        Collectors.mapping(Audit::editId, Collectors.toCollection(ArrayList::new))));
        assertThat(load.asked().keySet()).as("edits of clients").containsAll(runs.keySet());
        Set<String> lost = books.ids(LOST);
        runs.forEach((prompt, ids) -> {
            if (Kind.of(prompt).isKeyed() && new HashSet<>(ids).size() == ids.size()) {
                ids.removeAll(lost);
            }
        });
        assertThat(runs.entrySet().stream().filter(run -> run.getValue().size() > 1)).as("ran more than once")
                .isEmpty();
    }

    /**
     * At no moment ran more edits of a key or a group than its limit.
     *
     * @param delay how long each edit runs at the provider at least; what comes after it is the transfer of the response
     */
    void assertLimits(Duration delay, Map<String, Integer> groupLimits) {
        Map<ApiKey, List<String>> prompts = load.asked().entrySet().stream().filter(each -> each.getValue().isLimited())
                .collect(Collectors.groupingBy(Map.Entry::getValue,
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        prompts.forEach((key, own) -> {
            Set<String> ofKey = new HashSet<>(own);
            assertThat(peak(entry -> ofKey.contains(prompt(entry)), delay)).as("edits of " + key.id() + " at once")
                    .isBetween(1, key.limit());
        });
        groupLimits.forEach((group, limit) -> assertThat(
                peak(entry -> isOf(group, entry), delay)).as("edits of " + group + " at once").isBetween(1, limit));
    }

    /** In no time have more edits of a key begun than its bucket and what flowed into it since. */
    void assertRates() {
        load.asked().values().stream().filter(key -> key.perMinute() > 0).distinct().forEach(key -> {
            List<Instant> begins = journal.stream()
                    .filter(entry -> load.key(prompt(entry)).filter(key::equals).isPresent())
                    .map(JournalEntry::time).sorted().toList();
            long excess = 0;
            for (int from = 0; from < begins.size(); from++) {
                for (int to = from; to < begins.size(); to++) {
                    long millis = Duration.between(begins.get(from), begins.get(to)).plus(DISPATCH).toMillis();
                    excess = Math.max(excess, to - from + 1 - key.perMinute() - key.perMinute() * millis / 60_000);
                }
            }
            assertThat(excess).as("edits of " + key.id() + " above its rate limit, of " + begins.size()).isZero();
        });
    }

    private boolean isOf(String group, JournalEntry entry) {
        return load.key(prompt(entry)).filter(key -> key.group().equals(group)).isPresent();
    }

    private record Change(Instant time, int by) {}

    private int peak(Predicate<JournalEntry> selected, Duration delay) {
        List<Change> changes = new ArrayList<>();
        for (JournalEntry entry : journal) {
            if (selected.test(entry)) {
                Duration ran = entry.duration().compareTo(delay) < 0 ? entry.duration() : delay;
                changes.add(new Change(entry.time(), 1));
                changes.add(new Change(entry.time().plus(ran), -1));
            }
        }
        changes.sort(Comparator.comparing(Change::time).thenComparingInt(Change::by));
        int now = 0;
        int peak = 0;
        for (Change change : changes) {
            now += change.by();
            peak = Math.max(peak, now);
        }
        return peak;
    }

    /** After the stated times no hold is left, and none has lasted for longer than those times. */
    void awaitAllDecided(Duration longestOutage) {
        Duration stated = Fleet.DEAD_AFTER.multipliedBy(2).plus(Fleet.UNDECIDED_AFTER).plus(Fleet.TOTAL_TIMEOUT)
                .plus(longestOutage).plus(MARGIN);
        Awaitility.await("no hold is left").atMost(stated)
                .until(() -> books.edits("state IN ('held', 'undecided')") == 0);
        assertThat(books.edits("decided_at - created_at > " + stated.toMillis())).as("held for longer").isZero();
        books.assertSound();
    }

    /**
     * Each image that a client has is charged; each charge is for an edit that the provider has seen, or whose instance died between its
     * hold and its dispatch.
     *
     * @param deaths when instances were killed or frozen
     * @return how many edits were charged although it is unknown whether they ran
     */
    int assertCharges(List<Instant> deaths) {
        Map<String, List<String>> ran = journal.stream().filter(entry -> entry.status() == 200)
                .collect(Collectors.groupingBy(Audit::prompt, Collectors.mapping(Audit::editId, Collectors.toList())));
        Set<String> charged = books.ids("state = 'settled' AND cost > 0");
        for (String prompt : load.delivered().keySet()) {
            assertThat(ran.getOrDefault(prompt, List.of()).stream().filter(charged::contains))
                    .as("charges for " + prompt)
                    .hasSize(1);
        }
        assertThat(charged.stream().filter(load.free()::containsKey).map(id -> load.free().get(id) + books.row(id)))
                .as("charges of edits whose responses say that nothing was charged").isEmpty();
        Set<String> dispatched = journal.stream().map(Audit::editId).collect(Collectors.toSet());
        assertThat(books.ids("TRUE")).as("edits with a hold").containsAll(dispatched);
        Set<String> unseen = new HashSet<>(charged);
        unseen.removeAll(dispatched);
        String windows = deaths.stream()
                .map(death -> "created_at BETWEEN " + death.minus(DISPATCH).toEpochMilli() + " AND "
                        + death.plus(DISPATCH).toEpochMilli())
                .collect(Collectors.joining(" OR "));
        assertThat(books.ids(UNKNOWN + " AND (" + windows + ")")).as("charged, because an instance died")
                .containsAll(unseen);
        return books.edits(UNKNOWN);
    }
}
