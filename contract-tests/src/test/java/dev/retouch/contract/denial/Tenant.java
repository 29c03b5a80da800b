package dev.retouch.contract.denial;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Reply;

/** A client who edits every second and looks at the health of the gateway before each edit. */
final class Tenant {

    /**
     * One round.
     *
     * @param during what went on
     * @param failure empty if all was well
     */
    record Round(String during, Duration health, Duration edit, String failure) {}

    private final Endpoint gateway;
    private final List<Round> rounds = new CopyOnWriteArrayList<>();
    private final AtomicBoolean going = new AtomicBoolean(true);
    private final Thread thread = Thread.ofPlatform().daemon().name("tenant").unstarted(this::work);
    private volatile String during = "peace";

    Tenant(Endpoint gateway) {
        this.gateway = gateway;
    }

    /** Begins to edit. */
    void start() {
        thread.start();
    }

    void during(String attack) {
        during = attack;
    }

    List<Round> rounds() {
        return List.copyOf(rounds);
    }

    /** Edits once. */
    Round edit() {
        long start = System.nanoTime();
        Duration health = Duration.ZERO;
        String failure = "";
        String now = during;
        try {
            Reply healthy = Endpoint.fetch(gateway.at("/healthz"));
            health = Duration.ofNanos(System.nanoTime() - start);
            start = System.nanoTime();
            Reply reply = gateway.edit(CheapEdit.form());
            failure = (healthy.status() == 200 ? "" : "/healthz: " + healthy.status() + " ")
                    + (reply.status() == 200 ? "" : reply.status() + " " + reply.beginning());
        } catch (RuntimeException e) {
            failure = e.toString();
        }
        return new Round(now, health, Duration.ofNanos(System.nanoTime() - start), failure);
    }

    private void work() {
        while (going.get()) {
            rounds.add(edit());
            try {
                TimeUnit.SECONDS.sleep(1);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Ends after the edit that it is in. */
    void stop() throws InterruptedException {
        going.set(false);
        thread.join();
    }
}
