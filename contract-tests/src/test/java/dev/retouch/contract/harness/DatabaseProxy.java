package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A proxy between a gateway and its database that can be cut. */
public final class DatabaseProxy implements AutoCloseable {

    private static final int PIECE = 8192;

    private final ServerSocket door;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean cut;
    private boolean silent;

    private DatabaseProxy(ServerSocket door, int target) {
        this.door = door;
        this.target = target;
        Thread.ofVirtual().name("database-proxy").start(this::welcome);
    }

    /** Leads to a port of this machine. */
    public static DatabaseProxy to(int port) throws IOException {
        return new DatabaseProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    }

    /** Where it listens. */
    public int port() {
        return door.getLocalPort();
    }

    /** Breaks every connection, and every new one at once, as where the database has stopped. */
    public synchronized void cut() {
        cut = true;
        sockets.forEach(DatabaseProxy::hangUp);
        sockets.clear();
    }

    /** Keeps every connection and passes nothing on, as where the network swallows everything. */
    public synchronized void silence() {
        silent = true;
    }

    /** Lets everything through again. */
    public synchronized void restore() {
        cut = false;
        silent = false;
        notifyAll();
    }

    private void welcome() {
        while (!door.isClosed()) {
            try {
                connect(door.accept());
            } catch (IOException e) {
                // closed, or the database did not take it; the gateway sees that its connection ended
            }
        }
    }

    private void connect(Socket gateway) throws IOException {
        if (!keep(gateway)) {
            return;
        }
        Socket database;
        try {
            database = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            hangUp(gateway);
            throw e;
        }
        if (keep(database)) {
            Thread.ofVirtual().start(() -> pump(gateway, database));
            Thread.ofVirtual().start(() -> pump(database, gateway));
        } else {
            hangUp(gateway);
        }
    }

    private synchronized boolean keep(Socket socket) {
        if (cut) {
            hangUp(socket);
        } else {
            sockets.add(socket);
        }
        return !cut;
    }

    private void pump(Socket from, Socket to) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[PIECE];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                awaitSpeech();
                out.write(piece, 0, read);
            }
        } catch (IOException e) {
            // one of both has gone, so the other goes too
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private synchronized void awaitSpeech() throws InterruptedException {
        while (silent) {
            wait();
        }
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        restore();
        cut();
    }
}
