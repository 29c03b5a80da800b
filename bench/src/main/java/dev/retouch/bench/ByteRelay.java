package dev.retouch.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/**
 * Copies bytes between clients and one upstream without looking at them: the cost of any program in Java between two
 * sockets. It runs in its own process and prints its port.
 */
public final class ByteRelay {

    private static final int BUFFER = 64 * 1024;
    private static final int BACKLOG = 4096;

    private ByteRelay() {}

    /** Takes the base URL of the upstream. */
    public static void main(String[] arguments) throws IOException {
        URI upstream = URI.create(arguments[0]);
        try (ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            System.out.println(server.getLocalPort());
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> relay(client, upstream));
            }
        }
    }

    private static void relay(Socket client, URI upstream) {
        try (client; Socket other = new Socket(upstream.getHost(), upstream.getPort())) {
            client.setTcpNoDelay(true);
            other.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().start(() -> copy(other, client));
            copy(client, other);
            back.join();
        } catch (IOException e) {
            // one side closed the connection
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // the other direction ends as well
        }
    }
}
