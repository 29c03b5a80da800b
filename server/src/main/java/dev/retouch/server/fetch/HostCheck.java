package dev.retouch.server.fetch;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks, for every hop anew, whether the gateway goes to a host, and to which addresses exactly. */
final class HostCheck implements AutoCloseable {

    private static final int LOOKUPS_AT_ONCE = 32;

    private final FetchPolicy policy;
    private final AddressGuard guard;
    private final Resolver resolver;
    private final ExecutorService lookups;

    HostCheck(FetchPolicy policy, Resolver resolver) {
        this.policy = policy;
        this.guard = new AddressGuard(policy.denyAddresses());
        this.resolver = resolver;
        // the JDK looks names up in native code, which pins a virtual thread to its carrier and cannot be interrupted: two
        // silent name servers would stop the whole gateway. So lookups have a few threads of their own.
        ThreadPoolExecutor threads = new ThreadPoolExecutor(LOOKUPS_AT_ONCE, LOOKUPS_AT_ONCE, 10, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("fetch-lookup-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
        this.lookups = threads;
    }

    /** The addresses to connect to, every one of them permitted. */
    List<InetAddress> addresses(ImageUrl url, Deadline deadline) throws FetchException, InterruptedException {
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
                : lookUp(host.toString(), deadline);
        boolean inside = policy.unguardedHosts().match(host);
        // one bad address is enough: a name that has a good one beside it is not an accident
        boolean permitted = !addresses.isEmpty() && addresses.stream()
                .allMatch(address -> inside ? guard.permitsInside(address) : guard.permits(address));
        if (!permitted) {
            throw FetchException.refusedHost();
        }
        return addresses;
    }

    private List<InetAddress> lookUp(String host, Deadline deadline) throws FetchException, InterruptedException {
        Future<List<InetAddress>> answer = lookups.submit(() -> resolver.resolve(host));
        try {
            return List.copyOf(answer.get(deadline.millis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            throw FetchException.refusedHost();
        } catch (TimeoutException e) {
            throw deadline.passed();
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        lookups.shutdownNow();
    }
}
