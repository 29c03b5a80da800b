package dev.retouch.server.front;

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

import javax.net.ssl.SSLContext;

import org.glassfish.jersey.server.ResourceConfig;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.api.Envelopes;
import dev.retouch.server.api.FailureMapper;
import dev.retouch.server.config.ByteSize;
import dev.retouch.server.config.Configuration.Limits;
import dev.retouch.server.document.ContractDocument;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorDocuments;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.BodyReader;

/** A front door with nothing behind it but a {@link SlowDesk}. */
final class Door implements AutoCloseable {

    static final Duration IDLE = Duration.ofSeconds(1);
    static final String BODY = "{\"prompt\":\"a\"}";

    final SlowDesk desk = new SlowDesk();
    final JerseyHandler api;
    final FrontDoor front;
    private final @Nullable SSLContext trust;

    private Door(Path folder, Optional<PemPair> pair, Farewell farewell) throws IOException {
        Limits limits = new Limits(ByteSize.parse("64MB"), 10, ByteSize.parse("1MB"), ByteSize.parse("64KB"), IDLE,
                Duration.ofSeconds(20), ByteSize.parse("0"), Duration.ZERO, ByteSize.parse("16KB"), 100,
                ByteSize.parse("1GB"));
        ContractDocument contract = new ContractDocument();
        ErrorCatalogue catalogue = new ErrorCatalogue(contract.schemas());
        Envelopes envelopes = new Envelopes(catalogue, new ErrorDocuments(catalogue));
        ResourceConfig resources = new ResourceConfig();
        resources.register(desk);
        resources.register(new BodyReader(new Spool(folder, 65_536), limits, System::nanoTime));
        resources.register(new FailureMapper(envelopes));
        Optional<TlsFiles> tls = pair.isPresent()
                ? Optional.of(pair.get().write(folder, PemPair.KeyForm.PKCS8))
                : Optional.empty();
        trust = pair.map(PemPair::trusting).orElse(null);
        api = new JerseyHandler(resources);
        front = new FrontDoor(
                new Listening("127.0.0.1", 0, limits.idle(), limits.keepAlive(), limits.headers().asInt(), tls),
                new CrossOrigin(List.of(), Duration.ZERO), farewell, api, new Pages(contract, Optional.empty()),
                envelopes, Enclosure.NONE);
        front.open();
    }

    static Door open(Path folder) throws IOException {
        return open(folder, false);
    }

    static Door open(Path folder, boolean tls) throws IOException {
        return new Door(folder, tls ? Optional.of(PemPair.of("EC", "first")) : Optional.empty(),
                new Farewell(Duration.ZERO, Duration.ZERO));
    }

    static Door open(Path folder, Farewell farewell) throws IOException {
        return new Door(folder, Optional.empty(), farewell);
    }

    URI at(String path) {
        return URI.create(front.address() + path);
    }

    /** A connection on which anything can be said. */
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

    /** A whole request, as it goes over the wire. */
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
