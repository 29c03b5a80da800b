package dev.retouch.server.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.eclipse.jetty.util.ssl.SslContextFactory;

import dev.retouch.server.fetch.ImageFetcher.Wanted;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/**
 * A fetcher with a scripted resolver, whose public addresses are listeners on this machine. Everything else is as in
 * production; an address without a listener is really connected to.
 */
final class FetchBench {

    /** Public addresses, for the guard to permit; no test sends anything there. */
    static final String PUBLIC = "93.184.215.14";
    static final String ALSO_PUBLIC = "2606:2800:21f:cb07:6820:80da:af6b:8b2c";

    final ScriptedResolver names = new ScriptedResolver();
    private final Map<String, InetSocketAddress> listeners = new ConcurrentHashMap<>();
    private final Queue<InetSocketAddress> connected = new ConcurrentLinkedQueue<>();
    private final SslContextFactory.Client tls;

    private HostPatterns allow = HostPatterns.parse("");
    private HostPatterns deny = HostPatterns.parse("");
    private HostPatterns unguarded = HostPatterns.parse("");
    private AddressRanges denyAddresses = AddressRanges.parse("");
    private final Set<Integer> ports = new HashSet<>(Set.of(80, 443, 8080, 8443));
    private boolean enabled = true;
    private Duration timeout = Duration.ofSeconds(20);
    private int atOncePerRequest = 8;
    private int percentPerKey = 100;

    FetchBench() {
        this(new SslContextFactory.Client());
    }

    FetchBench(SslContextFactory.Client tls) {
        this.tls = tls;
    }

    FetchBench host(String address, PictureHost listener) {
        listeners.put(address, listener.address());
        return this;
    }

    FetchBench disabled() {
        enabled = false;
        return this;
    }

    FetchBench allow(String hosts) {
        allow = HostPatterns.parse(hosts);
        return this;
    }

    FetchBench deny(String hosts) {
        deny = HostPatterns.parse(hosts);
        return this;
    }

    FetchBench unguarded(String hosts) {
        unguarded = HostPatterns.parse(hosts);
        return this;
    }

    FetchBench denyAddresses(String ranges) {
        denyAddresses = AddressRanges.parse(ranges);
        return this;
    }

    FetchBench port(int port) {
        ports.add(port);
        return this;
    }

    FetchBench timeout(Duration time) {
        timeout = time;
        return this;
    }

    FetchBench atOncePerRequest(int most) {
        atOncePerRequest = most;
        return this;
    }

    FetchBench percentPerKey(int percent) {
        percentPerKey = percent;
        return this;
    }

    ImageFetcher fetcher(Path folder) throws IOException {
        FetchSettings policy = new FetchSettings(enabled, allow, deny, unguarded, denyAddresses, new PortSet(ports), 3,
                Duration.ofSeconds(5), timeout, atOncePerRequest, 64);
        return new ImageFetcher(policy, new Spool(folder, 1024), percentPerKey, names, tls, this::route);
    }

    /** The addresses that were connected to, before they were turned into listeners. */
    List<InetSocketAddress> connected() {
        return List.copyOf(connected);
    }

    private InetSocketAddress route(InetSocketAddress checked) {
        connected.add(checked);
        InetSocketAddress listener = listeners.get(checked.getAddress().getHostAddress());
        return listener == null ? checked : named(checked.getHostString(), listener);
    }

    /** As the client names the addresses it connects to: TLS asks the address for the name. */
    private static InetSocketAddress named(String host, InetSocketAddress listener) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(host, listener.getAddress().getAddress()),
                    listener.getPort());
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Wanted wanted(String url) {
        return new Wanted("images[0]", url, 1 << 20);
    }

    /** One image's bytes; closes it. */
    static byte[] bytes(ImageFetcher fetcher, String url) throws IOException {
        try (ImageBytes image = fetcher.fetchAll(List.of(wanted(url))).getFirst(); InputStream in = image.open()) {
            return in.readAllBytes();
        }
    }
}
