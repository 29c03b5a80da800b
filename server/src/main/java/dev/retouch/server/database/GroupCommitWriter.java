package dev.retouch.server.database;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

import dev.retouch.server.database.Database.Work;

/**
 * Commits the work of many callers in SQLite with one flush to disk. Work that arrives during a commit joins the next group, so
 * groups grow with the load and a single caller does not wait. Work whose caller has given up is dropped before it begins.
 */
final class GroupCommitWriter implements Writer {

    private static final int MAX_GROUP = 256;

    private final WriteTransactions transactions;
    private final BlockingQueue<WriteJob<?>> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closing;

    GroupCommitWriter(WriteTransactions transactions) {
        this.transactions = transactions;
        thread = Thread.ofPlatform().daemon().name("database-writer").start(this::run);
    }

    @Override
    public <T> DatabaseCall<T> add(Work<T> work) {
        return add(new WriteJob<>(work));
    }

    private <T> DatabaseCall<T> add(WriteJob<T> job) {
        synchronized (waiting) { // no work may be added after the thread was asked to finish
            if (closing) {
                job.fail(new DatabaseUnavailableException(new IllegalStateException("closed"), false));
            } else {
                waiting.add(job);
            }
        }
        return job.call();
    }

    @Override
    public <T> DatabaseCall<T> addStatement(Work<T> work) {
        return add(work);
    }

    @Override
    public <I, O> GroupedWrites<I, O> grouped(GroupStatement<I, O> statement, Function<I, ?> identity, int lanes) {
        return (item, patience) -> add(new ItemJob<>(statement, identity.apply(item), item)).await(patience);
    }

    @Override
    public int queued() {
        return waiting.size();
    }

    private void run() {
        List<WriteJob<?>> group = new ArrayList<>();
        while (!closing || !waiting.isEmpty()) {
            group.clear();
            try {
                group.add(waiting.take());
            } catch (InterruptedException e) {
                continue; // an interrupt does not end this thread; queued work is still done
            }
            waiting.drainTo(group, MAX_GROUP - 1);
            group.removeIf(job -> !job.call().begin());
            if (!group.isEmpty()) {
                commit(group);
            }
        }
        transactions.close();
    }

    private void commit(List<WriteJob<?>> group) {
        try {
            transactions.commit(group);
        } catch (RuntimeException | Error e) { // this thread must survive any failure, and every caller must get a result
            DatabaseUnavailableException away = new DatabaseUnavailableException(e);
            group.forEach(job -> job.fail(away));
        }
    }

    @Override
    public void close() {
        synchronized (waiting) {
            closing = true;
            waiting.add(new WriteJob<>(_ -> "")); // wakes the thread if it waits
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
