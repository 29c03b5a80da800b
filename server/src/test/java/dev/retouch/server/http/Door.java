package dev.retouch.server.http;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.net.ssl.SSLContext;

import org.glassfish.jersey.server.ResourceConfig;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.api.ErrorMapper;
import dev.retouch.server.api.ThrowableExceptionMapper;
import dev.retouch.server.config.HttpSettings;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorEnvelopes;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.KnownFields;
import dev.retouch.server.intake.RequestBodyInterceptor;
import dev.retouch.server.settings.ByteSize;

/** An HTTP server with a {@link BlockingHandler}. */
final class Door implements AutoCloseable {

    static final Duration IDLE = Duration.ofSeconds(1);
    static final int CONNECTIONS = 100;
    static final Duration HEADER_TIME = Duration.ofSeconds(2);
    static final String BODY = "{\"prompt\":\"a\"}";

    final BlockingHandler desk = new BlockingHandler();
    final JerseyHandler api;
    final HttpServer front;
    private final @Nullable SSLContext trust;

    private Door(Path folder, Optional<PemPair> pair, ShutdownPolicy farewell, long minResponseRate)
            throws IOException {
        HttpSettings limits = new HttpSettings(ByteSize.parse("64MB"), 10, ByteSize.parse("1MB"),
                ByteSize.parse("64KB"), ByteSize.parse("1MB"), IDLE,
                Duration.ofSeconds(20), ByteSize.parse("0"), Duration.ZERO, ByteSize.parse("0"),
                Duration.ofMinutes(1), ByteSize.parse("16KB"), HEADER_TIME, 4096, CONNECTIONS, ByteSize.parse("0"), 100,
                ByteSize.parse("1GB"), 100, true);
        ErrorCatalogue catalogue = new ErrorCatalogue(ContractDocument.schemas());
        ErrorMapper envelopes = new ErrorMapper(catalogue, new ErrorEnvelopes(catalogue));
        ResourceConfig resources = new ResourceConfig();
        resources.register(desk);
        resources.register(
                new RequestBodyInterceptor(new Spool(folder, 65_536), limits, new KnownFields(Set.of("prompt"), false),
                        System::nanoTime));
        resources.register(new ThrowableExceptionMapper(envelopes));
        Optional<TlsFiles> tls = pair.isPresent()
                ? Optional.of(pair.get().write(folder, PemPair.KeyForm.PKCS8))
                : Optional.empty();
        trust = pair.map(PemPair::trusting).orElse(null);
        api = new JerseyHandler(resources, minResponseRate, IDLE);
        front = new HttpServer(
                new ConnectorSettings("127.0.0.1", 0, limits.idleTimeout(), limits.keepAliveTimeout(),
                        limits.maxHeaderSize().asInt(), limits.maxHeaderTime(), limits.backlog(),
                        limits.maxConnections(), limits.h2cUpgrade(), tls),
                new CorsPolicy(List.of(), Duration.ZERO), farewell, api,
                new Pages(Optional.empty(), Optional.empty()),
                envelopes, HandlerDecorator.NONE);
        front.start();
    }

    static Door open(Path folder) throws IOException {
        return open(folder, false);
    }

    static Door open(Path folder, boolean tls) throws IOException {
        return new Door(folder, tls ? Optional.of(PemPair.of("EC", "first")) : Optional.empty(),
                new ShutdownPolicy(Duration.ZERO, Duration.ZERO), 0);
    }

    /** Opens a server with a minimum rate of responses, in bytes per second. */
    static Door open(Path folder, long minResponseRate) throws IOException {
        return new Door(folder, Optional.empty(), new ShutdownPolicy(Duration.ZERO, Duration.ZERO), minResponseRate);
    }

    static Door open(Path folder, ShutdownPolicy farewell) throws IOException {
        return new Door(folder, Optional.empty(), farewell, 0);
    }

    URI at(String path) {
        return URI.create(front.address() + path);
    }

    /** Opens a raw connection. */
    Socket connect() throws IOException {
        URI address = front.address();
        Socket socket = trust == null
                ? new Socket(address.getHost(), address.getPort())
                : trust.getSocketFactory().createSocket(address.getHost(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    HttpClient client(HttpClient.Version version) {
        HttpClient.Builder client = HttpClient.newBuilder().version(version);
        return (trust == null ? client : client.sslContext(trust)).build();
    }

    HttpRequest post(String path) {
        return HttpRequest.newBuilder(at(path)).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(BODY)).build();
    }

    /** Returns a whole HTTP/1.1 request. */
    static String request(String path) {
        return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                + BODY.length() + "\r\n\r\n" + BODY;
    }

    @Override
    public void close() {
        desk.finishAll();
        front.close();
    }
}
