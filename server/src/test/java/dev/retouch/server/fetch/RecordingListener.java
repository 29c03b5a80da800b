package dev.retouch.server.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;

/** Listens on every address of this machine, serves a picture to each client, and records that a client connected. */
final class RecordingListener implements AutoCloseable {

    private final ServerSocket listener;
    private final LinkedBlockingQueue<Integer> visitors = new LinkedBlockingQueue<>();

    RecordingListener() {
        try {
            listener = new ServerSocket(0, 512, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("trap").start(this::serve);
    }

    int port() {
        return listener.getLocalPort();
    }

    /**
     * How many connections there were. Comes itself and waits until it was seen: connections are accepted in their order,
     * so all earlier ones are counted then.
     */
    int visitorsSoFar() throws IOException, InterruptedException {
        try (Socket own = new Socket()) {
            own.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
            int before = 0;
            while (visitors.take() != own.getLocalPort()) {
                before++;
            }
            return before;
        }
    }

    private void serve() {
        byte[] picture = PictureHost.png(100);
        while (!listener.isClosed()) {
            try (Socket visitor = listener.accept()) {
                visitors.add(visitor.getPort());
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(visitor.getInputStream(), StandardCharsets.ISO_8859_1));
                // unread bytes would turn the end of the answer into a reset
                for (String line = in.readLine(); line != null && !line.isEmpty();) {
                    line = in.readLine();
                }
                visitor.getOutputStream()
                        .write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + picture.length
                                + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                visitor.getOutputStream().write(picture);
            } catch (IOException e) {
                // a visitor that left early, or the end
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
