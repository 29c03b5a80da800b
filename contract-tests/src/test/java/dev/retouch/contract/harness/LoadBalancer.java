package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Distributes connections over gateways as TCP load balancers do: in turn, to those whose {@code /readyz} responds with 200. Asks each of
 * them ten times per second. A connection stays at its gateway until either side closes it.
 */
public final class LoadBalancer implements AutoCloseable {

    private static final long PERIOD_NANOS = 100_000_000;
    private static final int TIMEOUT_MILLIS = 2000;

    private final ServerSocket door;
    private final Map<String, URI> gateways = new ConcurrentHashMap<>();
    private final Map<String, Boolean> ready = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile boolean closed;

    private LoadBalancer() throws IOException {
        door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("balancer-door").start(this::accept);
        Thread.ofPlatform().daemon().name("balancer-checks").start(this::check);
    }

    /** Starts one without gateways. */
    public static LoadBalancer start() {
        try {
            return new LoadBalancer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect to. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + door.getLocalPort());
    }

    /** Adds a gateway, or replaces the one of this name. It gets connections when it is ready. */
    public void put(String name, URI gateway) {
        ready.put(name, false);
        gateways.put(name, gateway);
    }

    /** Whether a gateway gets connections. */
    public boolean isReady(String name) {
        return ready.getOrDefault(name, false);
    }

    private void check() {
        while (!closed) {
            gateways.forEach((name, gateway) -> ready.put(name, answersReady(gateway)));
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }

    private static boolean answersReady(URI gateway) {
        try {
            HttpURLConnection connection = (HttpURLConnection) gateway.resolve("/readyz").toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = door.accept();
                Thread.ofVirtual().name("balancer-connection").start(() -> connect(client));
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket client) {
        List<String> candidates = new ArrayList<>(gateways.keySet().stream().filter(this::isReady).sorted().toList());
        int start = turn.getAndIncrement();
        for (int i = 0; i < candidates.size(); i++) {
            URI gateway = gateways.get(candidates.get((start + i) % candidates.size()));
            if (gateway == null) {
                continue; // removed since
            }
            try {
                Socket server = new Socket(gateway.getHost(), gateway.getPort());
                Thread.ofVirtual().name("balancer-response").start(() -> copy(server, client));
                copy(client, server);
                return;
            } catch (IOException e) {
                // the next one takes the connection
            }
        }
        close(client);
    }

    /** Copies until the end, and passes the end on. */
    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16_384];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // either side has closed it
        } finally {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
