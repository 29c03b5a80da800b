package dev.retouch.contract.denial;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

import dev.retouch.contract.denial.Attacks.Attack;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.LaunchedProcess;

/**
 * A process that makes all attacks in turn, for a time. It has a low priority: attackers have other machines, and here they share
 * the processors with the gateway, which would be measured together with them. It prints the name of each attack when it begins, and
 * at the end how often each got each status.
 */
final class Attackers {

    private static final Duration LONGEST_ATTACK = Duration.ofSeconds(6);

    private final Endpoint gateway;
    private final URI slowHost;
    private final long seed;
    private final Duration time;
    private final Map<String, Integer> seen = new ConcurrentSkipListMap<>();

    private Attackers(Endpoint gateway, URI slowHost, long seed, Duration time) {
        this.gateway = gateway;
        this.slowHost = slowHost;
        this.seed = seed;
        this.time = time;
    }

    /**
     * Starts the process.
     *
     * @param gateway with the attackers' API key
     */
    static LaunchedProcess start(Path folder, Endpoint gateway, URI slowHost, long seed, Duration time) {
        return LaunchedProcess.start(folder, Map.of(), List.of("nice", "-n", "10",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), Attackers.class.getName(), gateway.baseUrl().toString(),
                gateway.key(), slowHost.toString(), Long.toString(seed), Long.toString(time.toSeconds())));
    }

    /**
     * Makes the attacks.
     *
     * @param arguments base URL and API key of the gateway, URL of the slow host, seed, seconds
     */
    public static void main(String[] arguments) throws InterruptedException {
        new Attackers(new Endpoint(URI.create(arguments[0]), arguments[1]), URI.create(arguments[2]),
                Long.parseLong(arguments[3]), Duration.ofSeconds(Long.parseLong(arguments[4]))).run();
    }

    private void run() throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        Random order = new Random(seed);
        SplittableRandom random = new SplittableRandom(seed);
        boolean first = true;
        while (first || System.nanoTime() < end) {
            List<Attack> attacks = new ArrayList<>(Attacks.all());
            Collections.shuffle(attacks, order);
            long each = Math.min(LONGEST_ATTACK.toNanos(), time.toNanos() / attacks.size());
            for (Attack attack : attacks) {
                if (first || System.nanoTime() < end) {
                    System.out.println(attack.name());
                    long over = System.nanoTime() + each;
                    attack(attack, new Siege(gateway, slowHost, random, () -> System.nanoTime() < over,
                            status -> seen.merge(attack.name() + ": " + status, 1, Integer::sum)));
                }
            }
            first = false;
        }
        System.out.println(seen);
    }

    /** Ends workers that wait for the gateway when the time is over. */
    private static void attack(Attack attack, Siege siege) throws InterruptedException {
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int count = 0; count < attack.workers(); count++) {
                Siege own = new Siege(siege.gateway(), siege.slowHost(), siege.random().split(), siege.going(),
                        siege.answers());
                workers.execute(() -> repeat(attack, own));
            }
            while (siege.going().getAsBoolean()) {
                Siege.pause();
            }
            workers.shutdownNow();
        }
    }

    /** A refused or broken connection is the gateway's right. */
    private static void repeat(Attack attack, Siege siege) {
        BooleanSupplier going = siege.going();
        try {
            while (going.getAsBoolean()) {
                try {
                    attack.action().run(siege);
                } catch (IOException e) {
                    Siege.pause();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
