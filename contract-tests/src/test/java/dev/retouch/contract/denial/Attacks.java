package dev.retouch.contract.denial;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;

/** The attacks. Each is what one worker does once; it is repeated until its time is over. */
final class Attacks {

    private static final String QUOTE = Endpoint.EDITS + "/quote";
    private static final String JSON = "application/json";
    private static final int MEGABYTE = 1 << 20;
    private static final int IDLE = 1_000;

    /** One action of one worker. */
    @FunctionalInterface
    interface Action {
        void run(Siege siege) throws IOException, InterruptedException;
    }

    /**
     * An attack.
     *
     * @param name for failures
     * @param workers how many do it at once
     * @param action what each of them does
     */
    record Attack(String name, int workers, Action action) {}

    private Attacks() {}

    static List<Attack> all() {
        return List.of(new Attack("thousands of inline images", 8,
                siege -> siege.exchange(QUOTE, JSON, Bombs.inlineImages(siege.random()))),
                new Attack("inline images without an end", 12, Attacks::openImages),
                new Attack("announced bodies", 24, Attacks::announced),
                new Attack("unannounced bodies", 12, Attacks::chunked),
                new Attack("fill bytes", 2, siege -> images(siege, Bombs.filledJpeg(size(siege)))),
                new Attack("empty chunks", 2, siege -> images(siege, Bombs.emptyChunks(size(siege)))),
                new Attack("large masks", 2, Attacks::masks),
                new Attack("slow image hosts", 8, Attacks::slowHosts),
                new Attack("slow headers", 150, Attacks::slowHeaders),
                new Attack("idle connections", 4, Attacks::idle),
                new Attack("refused bodies", 150, Attacks::refused),
                new Attack("many parts", 8, Attacks::parts),
                new Attack("deep documents", 4, Attacks::deep),
                new Attack("slow readers", 24, Attacks::slowReader),
                new Attack("abandoned edits", 8, Attacks::abandoned),
                new Attack("tasks", 4, Attacks::task),
                new Attack("wrong admin tokens", 4, Attacks::guess));
    }

    private static int size(Siege siege) {
        return MEGABYTE * (4 + siege.random().nextInt(28));
    }

    private static void images(Siege siege, byte[] image) throws IOException {
        Form form = Form.empty().text("prompt", "x").file("image[]", "a", "image/jpeg", image).file("image[]", "b",
                "image/jpeg", image);
        siege.exchange(QUOTE, form.contentType(), form.bytes());
    }

    /** The last string stays open, and all earlier images have to be kept. */
    private static void openImages(Siege siege) throws IOException, InterruptedException {
        byte[] bomb = Bombs.inlineImages(siege.random());
        try (Socket socket = siege.connect()) {
            socket.getOutputStream().write(Siege.ascii(siege.head("POST", Endpoint.EDITS, "Content-Type: " + JSON,
                    "Content-Length: " + 100 * MEGABYTE)));
            socket.getOutputStream().write(bomb, 0, bomb.length - 4);
            siege.trickle(socket, Siege.ascii("A"));
        }
    }

    /** A gigabyte is announced, and its preamble trickles in. */
    private static void announced(Siege siege) throws IOException, InterruptedException {
        try (Socket socket = siege.connect()) {
            socket.getOutputStream().write(Siege.ascii(siege.head("POST", Endpoint.EDITS,
                    "Content-Type: multipart/form-data; boundary=b", "Content-Length: 1073741824")));
            siege.trickle(socket, new byte[1 + siege.random().nextInt(20_480)]);
        }
    }

    private static void chunked(Siege siege) throws IOException, InterruptedException {
        try (Socket socket = siege.connect()) {
            socket.getOutputStream().write(Siege.ascii(siege.head("POST", Endpoint.EDITS,
                    "Content-Type: multipart/form-data; boundary=b", "Transfer-Encoding: chunked")
                    + chunk("--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n")));
            String content = "a".repeat(1 + siege.random().nextInt(60_000));
            siege.trickle(socket, Siege.ascii(chunk(content)));
        }
    }

    private static String chunk(String content) {
        return Integer.toHexString(content.length()) + "\r\n" + content + "\r\n";
    }

    private static void masks(Siege siege) throws IOException {
        int edge = Bombs.edge(siege.random());
        Form form = Form.empty().text("prompt", "x").file("image", "a.png", "image/png", Bombs.claimed(edge))
                .file("mask", "m.png", "image/png", Bombs.mask(edge));
        siege.exchange(QUOTE, form.contentType(), form.bytes());
    }

    private static void slowHosts(Siege siege) throws IOException {
        StringBuilder images = new StringBuilder();
        for (int count = 0; count < 16; count++) {
            images.append(count == 0 ? "" : ",").append("{\"image_url\":\"").append(siege.slowHost()).append(count)
                    .append("\"}");
        }
        siege.exchange(QUOTE, JSON, Siege.ascii("{\"prompt\":\"x\",\"images\":[" + images + "]}"));
    }

    /** Of a stranger, who has no key. */
    private static void slowHeaders(Siege siege) throws IOException, InterruptedException {
        try (Socket socket = siege.connect()) {
            socket.getOutputStream().write(Siege.ascii("GET /healthz HTTP/1.1\r\nX-Slow: "));
            siege.trickle(socket, Siege.ascii("a"));
        }
    }

    /** Of a stranger: more connections than the gateway takes, then a new one for an old one. */
    private static void idle(Siege siege) throws IOException, InterruptedException {
        Deque<Socket> open = new ArrayDeque<>();
        try {
            while (siege.going().getAsBoolean()) {
                Socket socket = siege.connect();
                open.add(socket);
                if (siege.random().nextBoolean()) {
                    socket.getOutputStream().write(Siege.ascii("GET /healthz HTTP/1.1\r\n"));
                }
                if (open.size() > IDLE) {
                    open.removeFirst().close();
                }
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    /** Of a stranger: a body that is refused, and goes on nevertheless. */
    private static void refused(Siege siege) throws IOException, InterruptedException {
        try (Socket socket = siege.connect()) {
            socket.getOutputStream().write(Siege.ascii("POST " + Endpoint.EDITS + " HTTP/1.1\r\nHost: h\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n"));
            siege.trickle(socket, new byte[1 + siege.random().nextInt(1_000)]);
        }
    }

    private static void parts(Siege siege) throws IOException {
        Form form = Bombs.parts(siege.random());
        siege.exchange(Endpoint.EDITS, form.contentType(), form.bytes());
    }

    private static void deep(Siege siege) throws IOException {
        int depth = 1_000 + siege.random().nextInt(200_000);
        String opening = siege.random().nextBoolean() ? "[" : "{\"images\":";
        siege.exchange(QUOTE, JSON, Siege.ascii("{\"prompt\":" + opening.repeat(depth)));
    }

    private static void slowReader(Siege siege) throws IOException, InterruptedException {
        try (Socket socket = siege.connect()) {
            socket.setReceiveBufferSize(1_024);
            String get = siege.head("GET", siege.random().nextBoolean() ? "/openapi.json" : "/v1/models");
            socket.getOutputStream().write(Siege.ascii(get.repeat(50)));
            while (siege.going().getAsBoolean() && socket.getInputStream().read() >= 0) {
                Siege.pause();
            }
        }
    }

    private static void abandoned(Siege siege) throws IOException {
        Form form = CheapEdit.form();
        byte[] body = form.bytes();
        try (Socket socket = siege.connect()) {
            socket.getOutputStream().write(Siege.ascii(siege.head("POST", Endpoint.EDITS,
                    "Content-Type: " + form.contentType(), "Content-Length: " + body.length)));
            socket.getOutputStream().write(body, 0, siege.random().nextInt(body.length + 1));
            socket.setSoLinger(true, 0);
        }
    }

    private static void task(Siege siege) throws IOException {
        String image = Fixtures.imageUrl();
        byte[] body = Siege
                .ascii("{\"model\":\"gpt-image-1\",\"prompt\":\"x\",\"n\":4,\"images\":[{\"image_url\":\"" + image
                        + "\"}]}");
        try (Socket socket = siege.connect()) {
            socket.getOutputStream().write(Siege.ascii(siege.head("POST", Endpoint.EDITS, "Content-Type: " + JSON,
                    "Prefer: respond-async", "Connection: close", "Content-Length: " + body.length)));
            socket.getOutputStream().write(body);
            siege.read(socket);
        }
    }

    private static void guess(Siege siege) throws IOException {
        try (Socket socket = siege.connect()) {
            socket.getOutputStream()
                    .write(Siege.ascii("GET /admin/v1/groups HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                            + "Authorization: Bearer guess-" + siege.random().nextLong() + "\r\n\r\n"));
            siege.read(socket);
        }
    }
}
