package dev.retouch.server.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import javax.net.ServerSocketFactory;

/** A web server that does to the letter what its script says, wrong lengths and endless bodies included. */
final class PictureHost implements AutoCloseable {

    private final ServerSocket listener;
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Queue<List<String>> requests = new ConcurrentLinkedQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Writes the whole answer. */
    @FunctionalInterface
    interface Script {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    PictureHost() {
        this(ServerSocketFactory.getDefault());
    }

    PictureHost(ServerSocketFactory sockets) {
        try {
            listener = sockets.createServerSocket(0, 512, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("picture-host").start(this::accept);
    }

    /** A file of this many bytes that begins as a png does. */
    static byte[] png(int bytes) {
        byte[] file = new byte[bytes];
        byte[] head = HexFormat.of().parseHex("89504e470d0a1a0a0000000d49484452");
        System.arraycopy(head, 0, file, 0, head.length);
        return file;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    PictureHost on(String target, Script script) {
        scripts.put(target, script);
        return this;
    }

    PictureHost redirect(String target, int status, String location) {
        return on(target, out -> out.write(ascii("HTTP/1.1 " + status + " Over there\r\nLocation: " + location
                + "\r\nContent-Length: 0\r\n\r\n")));
    }

    PictureHost picture(String target, byte[] body) {
        return on(target, out -> {
            out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n"));
            out.write(body);
        });
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The head of every request, line by line. */
    List<List<String>> requests() {
        return List.copyOf(requests);
    }

    /** How many connections are open at this moment. */
    int connections() {
        return open.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // the end
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            List<String> head = new ArrayList<>();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.add(line);
            }
            if (head.isEmpty()) {
                return;
            }
            requests.add(head);
            Script script = scripts.get(head.getFirst().split(" ", -1)[1]);
            if (script == null) {
                socket.getOutputStream().write(ascii("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
            } else {
                script.answer(socket.getOutputStream());
            }
            socket.getOutputStream().flush();
            // stays open until the other side has closed: who leaves a connection behind is seen
            while (in.read() >= 0) {
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            // the other side left, or the end
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
