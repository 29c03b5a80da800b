package dev.retouch.contract.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy in front of PostgreSQL that records round trips: everything that a client sends on a connection until the server answers. The
 * texts of statements are readable if the driver never names prepared statements.
 */
public final class StatementProxy implements AutoCloseable {

    private static final int PIECE = 8192;

    private final ServerSocket door;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> roundTrips = new CopyOnWriteArrayList<>();

    private StatementProxy(ServerSocket door, int target) {
        this.door = door;
        this.target = target;
        Thread.ofVirtual().name("statement-proxy").start(this::accept);
    }

    /** Leads to a port of this machine. */
    public static StatementProxy to(int port) throws IOException {
        return new StatementProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    }

    /** Where it listens. */
    public int port() {
        return door.getLocalPort();
    }

    /** Forgets the recorded round trips. */
    public void clear() {
        roundTrips.clear();
    }

    /** What was sent in each round trip, in Latin-1. */
    public List<String> roundTrips() {
        return List.copyOf(roundTrips);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket near = door.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.addAll(List.of(near, far));
                Conversation conversation = new Conversation();
                Thread.ofVirtual().start(() -> pump(near, far, conversation::sent));
                Thread.ofVirtual().start(() -> pump(far, near, (_, _) -> conversation.answered()));
            } catch (IOException e) {
                // this proxy or the database was closed; the loop's condition checks which
            }
        }
    }

    /** Receives what passes through, before it is passed on. */
    private interface Observer {
        void passes(byte[] piece, int length);
    }

    /** What the client has said since the server last answered. */
    private final class Conversation {

        private final ByteArrayOutputStream said = new ByteArrayOutputStream();

        synchronized void sent(byte[] piece, int length) {
            said.write(piece, 0, length);
        }

        synchronized void answered() {
            if (said.size() > 0) {
                roundTrips.add(said.toString(StandardCharsets.ISO_8859_1));
                said.reset();
            }
        }
    }

    private void pump(Socket from, Socket to, Observer observer) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[PIECE];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                observer.passes(piece, read);
                out.write(piece, 0, read);
            }
        } catch (IOException e) {
            // one of both has gone, so the other goes too
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
