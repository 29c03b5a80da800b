package dev.retouch.contract.fleet;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;

/** Sixteen clients that edit at the same time until the load is closed, and what they have seen. */
final class Load implements AutoCloseable {

    private static final int CLIENTS_PER_KEY = 4;
    /** Whatever happens to a fleet, its clients get these: an answer, a refusal that names a reason, or a request to repeat. */
    private static final List<Integer> EXPECTED = List.of(200, 202, 409, 429, 502, 503, 504);
    private static final String DATABASE_AWAY = "503 storage_unavailable";
    private static final String STORE_AWAY = "503 storage_unavailable, object store";

    private final Map<String, ApiKey> asked = new ConcurrentHashMap<>();
    private final Map<String, ReturnedImages> delivered = new ConcurrentHashMap<>();
    private final Map<String, Instant> deliveredAt = new ConcurrentHashMap<>();
    private final Map<String, String> free = new ConcurrentHashMap<>();
    private final Queue<Submitted> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicInteger> refusals = new ConcurrentHashMap<>();
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean continues = true;

    /**
     * An issued API key.
     *
     * @param id its id
     * @param secret what its clients send
     * @param group the name of its group
     * @param limit how many of its edits may run at once; 0 if that is not limited
     * @param perMinute how many of its edits may start in a minute; 0 if that is not limited
     */
    record ApiKey(String id, String secret, String group, int limit, int perMinute) {

        boolean isLimited() {
            return limit > 0;
        }
    }

    /** A task that a client has submitted. */
    record Submitted(String prompt, ApiKey key, String id) {}

    /** Starts four clients of each key. */
    Load(URI gateway, List<ApiKey> keys, long seed) {
        for (ApiKey key : keys) {
            for (int i = 0; i < CLIENTS_PER_KEY; i++) {
                clients.execute(new FleetClient(gateway, key, this, seed * 1000 + number.getAndIncrement())::run);
            }
        }
    }

    boolean continues() {
        return continues;
    }

    /** A prompt that no other edit has. */
    String prompt(ApiKey key, String kind) {
        String prompt = kind + "-" + number.getAndIncrement();
        asked.put(prompt, key);
        return prompt;
    }

    void delivered(String prompt, ReturnedImages images) {
        deliveredAt.put(prompt, Instant.now());
        delivered.put(prompt, images);
    }

    void submitted(String prompt, ApiKey key, String id) {
        tasks.add(new Submitted(prompt, key, id));
    }

    void refused(String prompt, HttpResponse<String> response) {
        String body = response.body();
        String code = body.replaceAll("(?s).*\"code\":\"([a-z_]+)\".*", "$1");
        String kind = response.statusCode() + " " + (code.length() < 50 ? code : "-");
        refusals.computeIfAbsent(body.contains("object store") ? STORE_AWAY : kind, _ -> new AtomicInteger())
                .incrementAndGet();
        if (body.contains("Nothing was charged") || body.contains("Nothing was edited or charged")) {
            response.headers().firstValue("x-request-id").ifPresent(id -> free.put(id, prompt + ": " + body));
        }
        if (!EXPECTED.contains(response.statusCode())) {
            unexpected.add(prompt + ": " + response.statusCode() + " "
                    + body.substring(0, Math.min(300, body.length())));
        }
    }

    /** A connection that ended before its response. */
    void broken() {
        broken.incrementAndGet();
    }

    /** Waits until clients have got so many further images. */
    void awaitDelivered(int more) {
        int before = delivered.size();
        Awaitility.await("edits are delivered").atMost(Fleet.TIMEOUT).until(() -> delivered.size() >= before + more);
    }

    /** Waits until clients have got so many further images that had to be stored. */
    void awaitStored(int more) {
        long before = stored();
        Awaitility.await("images are stored").atMost(Fleet.TIMEOUT).until(() -> stored() >= before + more);
    }

    private long stored() {
        return delivered.keySet().stream().map(FleetClient.Kind::of).filter(FleetClient.Kind::isStored).count();
    }

    /** Waits until so many requests have failed because the database is away: refused by a gateway, or by the load balancer. */
    void awaitDatabaseAway(int more) {
        int before = refused(DATABASE_AWAY) + broken.get();
        Awaitility.await("the database is away").atMost(Fleet.TIMEOUT)
                .until(() -> refused(DATABASE_AWAY) + broken.get() >= before + more);
    }

    /** Waits until so many requests were refused because the object store is away. */
    void awaitStoreAway(int more) {
        int before = refused(STORE_AWAY);
        Awaitility.await("the object store is away").atMost(Fleet.TIMEOUT)
                .until(() -> refused(STORE_AWAY) >= before + more);
    }

    private int refused(String kind) {
        AtomicInteger count = refusals.get(kind);
        return count == null ? 0 : count.get();
    }

    /** The key that asked for the edit of a prompt, if a client of this load did. */
    Optional<ApiKey> key(String prompt) {
        return Optional.ofNullable(asked.get(prompt));
    }

    /** The prompts of all edits, with the keys that asked for them. */
    Map<String, ApiKey> asked() {
        return Map.copyOf(asked);
    }

    /** The prompts of the edits whose images a client has, with the images. */
    Map<String, ReturnedImages> delivered() {
        return Map.copyOf(delivered);
    }

    /** When a client had the images of an edit. */
    Instant deliveredAt(String prompt) {
        return Objects.requireNonNull(deliveredAt.get(prompt), prompt);
    }

    /** The edits whose clients got an error that says that nothing was charged: that error by the id of the edit. */
    Map<String, String> free() {
        return Map.copyOf(free);
    }

    List<Submitted> tasks() {
        return List.copyOf(tasks);
    }

    List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    @Override
    public String toString() {
        return asked.size() + " edits, " + delivered.size() + " delivered, " + tasks.size() + " tasks, " + refusals
                + ", broken connections: " + broken;
    }

    /** Lets the clients end what they have begun. */
    @Override
    public void close() {
        continues = false;
        clients.close();
    }
}
