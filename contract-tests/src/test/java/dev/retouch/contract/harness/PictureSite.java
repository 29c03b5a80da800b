package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;

/** A web site with pictures on this machine, and the settings with which a gateway fetches them. */
public final class PictureSite implements AutoCloseable {

    private final HttpServer server;

    public PictureSite() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.start();
    }

    /** Serves a picture and says where. */
    public String with(String name, byte[] picture) {
        server.createContext("/" + name, exchange -> {
            exchange.sendResponseHeaders(200, picture.length);
            exchange.getResponseBody().write(picture);
            exchange.close();
        });
        return "http://127.0.0.1:" + port() + "/" + name;
    }

    /** Loopback is inside the network, and this port is not a default port. */
    public Map<String, String> settings() {
        return Map.of("RETOUCH_FETCH_UNGUARDED_HOSTS", "127.0.0.1", "RETOUCH_FETCH_PORTS", String.valueOf(port()));
    }

    private int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
