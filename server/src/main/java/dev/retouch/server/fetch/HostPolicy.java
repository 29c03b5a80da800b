package dev.retouch.server.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.retouch.server.admission.KeyShares;
import dev.retouch.server.admission.KeyShares.Permit;

/** Decides for each URL and each redirect whether its host may be contacted, and at which addresses. */
final class HostPolicy implements AutoCloseable {

    private static final int LOOKUPS_AT_ONCE = 32;

    private final FetchSettings policy;
    private final AddressGuard guard;
    private final DnsResolver resolver;
    private final ExecutorService lookups;
    private final KeyShares shares;

    /**
     * Creates the policy and the threads of lookups.
     *
     * @param percentPerKey part of the lookups that one API key may use at once
     */
    HostPolicy(FetchSettings policy, DnsResolver resolver, int percentPerKey) {
        this.policy = policy;
        this.guard = new AddressGuard(policy.denyAddresses());
        this.resolver = resolver;
        // The JDK resolves names in native code, which pins a virtual thread to its carrier and cannot be interrupted.
        // Two silent name servers would block the whole gateway, so lookups run on their own threads.
        ThreadPoolExecutor threads = new ThreadPoolExecutor(LOOKUPS_AT_ONCE, LOOKUPS_AT_ONCE, 10, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("fetch-lookup-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
        this.lookups = threads;
        this.shares = new KeyShares(LOOKUPS_AT_ONCE, percentPerKey);
    }

    /**
     * The addresses to connect to; all of them are permitted.
     *
     * @param key whose part of the DNS lookups is used
     * @throws FetchException if the host or one of its addresses is refused
     */
    List<InetAddress> addresses(ImageUrl url, Deadline deadline, String key)
            throws FetchException, InterruptedException {
        HostName host = url.host();
        if (!policy.ports().contain(url.port())) {
            throw FetchException.badUrl("port " + url.port() + " is not one that this gateway fetches from");
        }
        boolean allowed = policy.allowHosts().isEmpty() || policy.allowHosts().match(host);
        if (!allowed || policy.denyHosts().match(host)) {
            throw FetchException.refusedHost();
        }
        Optional<InetAddress> literal = host.literal();
        List<InetAddress> addresses = literal.isPresent()
                ? List.of(literal.get())
                : lookUp(host.toString(), deadline, key);
        boolean inside = policy.unguardedHosts().match(host);
        // one refused address is enough: a name that also has a permitted address is an attack, not an accident
        boolean permitted = !addresses.isEmpty() && addresses.stream()
                .allMatch(address -> inside ? guard.permitsInside(address) : guard.permits(address));
        if (!permitted) {
            throw FetchException.refusedHost();
        }
        return addresses;
    }

    private List<InetAddress> lookUp(String host, Deadline deadline, String key)
            throws FetchException, InterruptedException {
        Permit permit = shares.acquire(key, Duration.ofMillis(deadline.millis()));
        if (permit == null) {
            throw deadline.passed();
        }
        Lookup lookup = new Lookup(host, permit);
        Future<List<InetAddress>> answer = submit(lookup);
        try {
            return List.copyOf(answer.get(deadline.millis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            throw FetchException.refusedHost();
        } catch (TimeoutException e) {
            throw deadline.passed();
        } finally {
            lookup.wanted = false;
        }
    }

    private Future<List<InetAddress>> submit(Lookup lookup) {
        try {
            return lookups.submit(lookup);
        } catch (RejectedExecutionException e) {
            lookup.permit.release();
            throw e;
        }
    }

    /**
     * A lookup of one name. A started lookup cannot be interrupted, so the permit is released when it ends, not when its request
     * ends. A lookup that is no longer wanted is not started.
     */
    private final class Lookup implements Callable<List<InetAddress>> {

        private final String host;
        private final Permit permit;
        private volatile boolean wanted = true;

        Lookup(String host, Permit permit) {
            this.host = host;
            this.permit = permit;
        }

        @Override
        public List<InetAddress> call() throws UnknownHostException {
            try {
                return wanted ? resolver.resolve(host) : List.of();
            } finally {
                permit.release();
            }
        }
    }

    @Override
    public void close() {
        lookups.shutdownNow();
    }
}
