package dev.retouch.server.admission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.retouch.server.admission.StoredBytesRepository.Change;
import dev.retouch.server.admission.StoredBytesRepository.Total;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.Database;
import dev.retouch.server.error.ApiException;

/**
 * Counts what accounts have stored in the database, for all instances. An edit costs no statement: a background job writes the counts of
 * the last seconds and reads the totals, so other instances learn of stored bytes some seconds later, and a crash loses the counts of the
 * last seconds. Thread-safe.
 */
public final class DatabaseStorageQuota implements StorageQuota {

    /** An account that stored nothing for so long needs no place in memory. */
    private static final Duration UNUSED = Duration.ofMinutes(10);
    /** Accounts in one statement. */
    private static final int BATCH = 500;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Total NOTHING = new Total(0, Long.MAX_VALUE);

    private final StoredBytesRepository table;
    private final long limit;
    private final Clock clock;
    private final Map<String, Account> accounts = new HashMap<>();

    /**
     * Counts in this database.
     *
     * @param limit the bytes that an account may have stored
     */
    public DatabaseStorageQuota(Database database, long limit, Clock clock) {
        this.table = new StoredBytesRepository(database);
        this.limit = limit;
        this.clock = clock;
    }

    private static final class Account {
        private final String id;
        /** Counts that are not in the database, by hour. */
        private final NavigableMap<Long, Long> unwritten = new TreeMap<>();
        private Total written = NOTHING;
        private Instant used;

        Account(String id, Instant used) {
            this.id = id;
            this.used = used;
        }

        long bytes() {
            return written.bytes() + unwritten.values().stream().mapToLong(Long::longValue).sum();
        }

        /** The first hour in which something is removed. */
        long firstHour() {
            return unwritten.isEmpty() ? written.firstHour() : Math.min(unwritten.firstKey(), written.firstHour());
        }

        Stream<Change> changes() {
            return unwritten.entrySet().stream().map(each -> new Change(id, each.getKey(), each.getValue()));
        }

        /** Notes that changes and everything before them are in the database. */
        void written(List<Change> changes, Total total) {
            changes.stream().filter(change -> change.account().equals(id))
                    .forEach(change -> unwritten.merge(change.removedAfter(), -change.bytes(), Long::sum));
            unwritten.values().removeIf(bytes -> bytes == 0);
            written = total;
        }
    }

    @Override
    public synchronized void require(String account) {
        Account counted = account(account);
        long bytes = counted.bytes();
        if (bytes >= limit) {
            Duration wait = untilEndOf(counted.firstHour());
            throw new ApiException(ErrorMessage.STORAGE_QUOTA_IS_EXCEEDED)
                    .withArgument("stored", readable(bytes)).withArgument("limit", readable(limit))
                    .withArgument("seconds", wait.toSeconds()).retryAfter(wait);
        }
    }

    @Override
    public synchronized void stored(String account, Instant removedAt, long bytes) {
        account(account).unwritten.merge(hourOf(removedAt), bytes, Long::sum);
    }

    private Account account(String id) {
        Instant now = clock.instant();
        Account account = accounts.computeIfAbsent(id, _ -> new Account(id, now));
        account.used = now;
        return account;
    }

    /** Writes the counts and reads the totals. A background job calls it every few seconds. */
    public void synchronise() {
        List<Account> all;
        synchronized (this) {
            Instant old = clock.instant().minus(UNUSED);
            accounts.values().removeIf(account -> account.unwritten.isEmpty() && account.used.isBefore(old));
            all = List.copyOf(accounts.values());
        }
        for (int from = 0; from < all.size(); from += BATCH) {
            synchronise(all.subList(from, Math.min(all.size(), from + BATCH)));
        }
    }

    private void synchronise(List<Account> some) {
        List<Change> changes;
        synchronized (this) {
            changes = some.stream().flatMap(Account::changes).toList();
        }
        List<String> ids = some.stream().map(account -> account.id).toList();
        Map<String, Total> totals = table.add(changes, ids, hourOf(clock.instant()));
        synchronized (this) {
            some.forEach(account -> account.written(changes, totals.getOrDefault(account.id, NOTHING)));
        }
    }

    /** Removes the counts of bytes that are removed. A background job calls it periodically. */
    public void removeExpired() {
        table.removeBefore(hourOf(clock.instant()));
    }

    /** The time until the end of an hour, when what is removed in it has been removed. */
    private Duration untilEndOf(long hour) {
        return Duration.between(clock.instant(), Instant.EPOCH.plus(HOUR.multipliedBy(hour + 1))).plusSeconds(1);
    }

    private static long hourOf(Instant time) {
        return time.getEpochSecond() / HOUR.toSeconds();
    }

    private static String readable(long bytes) {
        return bytes < 10 << 20 ? (bytes >> 10) + " KB" : (bytes >> 20) + " MB";
    }
}
