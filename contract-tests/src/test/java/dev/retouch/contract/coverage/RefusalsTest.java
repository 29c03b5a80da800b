package dev.retouch.contract.coverage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.exchange.Document;
import dev.retouch.contract.exchange.Operation;
import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.DatabaseProxy;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** The same mistakes and mishaps with every operation that the document says answers them; what the answers say is looked at too. */
@TestInstance(Lifecycle.PER_CLASS)
class RefusalsTest {

    /** Traces are on, so that refusals have their id, and none is sampled, so that none is sent. */
    private static final Map<String, String> SETTINGS = Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
            "RETOUCH_HTTP_MAX_BODY_SIZE", "100KB", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1",
            "OTEL_TRACES_SAMPLER", "always_off");
    private static final String LONG = " ".repeat(200_000);
    /** Of these, what takes more than a wrong request, or cannot be brought about at all. */
    private static final Map<Integer, Set<String>> OTHERWISE = Map.of(403, Set.of("fetchFile"), 500,
            Set.of("readMetrics", "listUpstreams", "listLogLevels", "setLogLevel", "getVerification",
                    "startVerification", "testUpstream"),
            503, Set.of("checkReadiness", "fetchFile"));

    private final List<Operation> operations = new Document().operations();
    private final RunningGateway gateway;
    private final Endpoint caller;

    RefusalsTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(SETTINGS);
        caller = Admin.of(gateway).group("callers", "").key("callers", "");
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private Mistaken right(Operation operation) {
        return new Mistaken(operation, gateway.baseUrl(), caller.key(), Admin.TOKEN);
    }

    @TestFactory
    Stream<DynamicTest> strangersAreRefused() {
        return each(401, operation -> new Mistaken(operation, gateway.baseUrl(), "sk-wrong", "wrong").send());
    }

    @TestFactory
    Stream<DynamicTest> refusesRequestsWithoutPermission() {
        Endpoint unwanted = Admin.of(gateway).group("unwanted", "\"image_permission\":false").key("unwanted", "");
        RunningGateway unadministered = RunningGateway.start();
        return each(403, operation -> new Mistaken(operation, operation.security().equals("admin")
                ? unadministered.baseUrl()
                : gateway.baseUrl(), unwanted.key(), Admin.TOKEN).send())
                .onClose(unadministered::close);
    }

    @TestFactory
    Stream<DynamicTest> missingResourcesAreNotFound() {
        return each(404, operation -> operation.id().equals("listKeys")
                ? right(operation).sendQuery("?group=nobodys")
                : right(operation).send());
    }

    @TestFactory
    Stream<DynamicTest> anotherMethodIsNotAllowed() {
        return each(405, operation -> Endpoint.send(caller.request(operation.path()).PUT(BodyPublishers.noBody())));
    }

    @TestFactory
    Stream<DynamicTest> refusesUnacceptableResponseTypes() {
        return each(406, operation -> right(operation).send("Accept", "image/tiff"));
    }

    @TestFactory
    Stream<DynamicTest> slowBodiesTimeOut() {
        RunningGateway impatient = RunningGateway.start(with("RETOUCH_HTTP_IDLE_TIMEOUT", "300ms"));
        return each(408, operation -> RawConnection.exchange(impatient.endpoint(),
                operation.method() + " " + operation.path().replaceAll("\\{[^}]+}", "any") + " HTTP/1.1\r\nHost: "
                        + impatient.baseUrl().getAuthority() + "\r\nAuthorization: Bearer "
                        + (operation.security().equals("admin") ? Admin.TOKEN : impatient.endpoint().key())
                        + "\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"))
                .onClose(impatient::close);
    }

    @TestFactory
    Stream<DynamicTest> aBodyHasAMaximumTime() {
        RunningGateway hasty = RunningGateway.start(Map.of("RETOUCH_HTTP_MAX_BODY_TIME", "1ms"));
        return Stream.of(DynamicTest.dynamicTest("createImageEdit", () -> {
            Reply reply = hasty.endpoint().edit(LONG + LONG + LONG + LONG + "{}");
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(408);
            assertThat(reply.error().path("message").asText()).contains("took longer than 0 seconds");
        })).onClose(hasty::close);
    }

    @TestFactory
    Stream<DynamicTest> refusesTooLongValues() {
        return each(413, operation -> right(operation).sendBody("application/json", LONG + right(operation).body()));
    }

    @TestFactory
    Stream<DynamicTest> refusesOtherContentTypes() {
        return each(415, operation -> operation.bodies().isEmpty()
                ? right(operation).send("Content-Type", "nonsense")
                : right(operation).sendBody("text/plain", right(operation).body()));
    }

    @TestFactory
    Stream<DynamicTest> refusesUnreadableBodies() {
        return each(400, operation -> operation.bodies().isEmpty()
                ? right(operation).send("Accept", "image/png;q=much")
                : right(operation).sendBody("application/json", "{"));
    }

    /** Its tables are missing, and a directory replaces an image: failures that the gateway does not expect. */
    @TestFactory
    Stream<DynamicTest> gatewayFailureIsReportedAs500() throws SQLException, IOException {
        RunningGateway broken = RunningGateway.start(SETTINGS);
        URI link = spoilt(broken);
        String key = Admin.of(broken).group("callers", "").key("callers", "").key();
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + broken.dataDir().resolve("retouch.db"));
                Statement statement = database.createStatement()) {
            for (String table : List.of("api_keys", "caller_groups", "edits", "edit_tasks", "ledger_transactions",
                    "catalog_documents")) {
                statement.execute("ALTER TABLE " + table + " RENAME TO " + table + "_gone");
            }
        }
        return each(500, operation -> operation.id().equals("fetchFile")
                ? Endpoint.fetch(link)
                : new Mistaken(operation, broken.baseUrl(), key, Admin.TOKEN).send())
                .onClose(broken::close);
    }

    /** The link of an image in whose place there is something else now. */
    private static URI spoilt(RunningGateway gateway) throws IOException {
        String link = gateway.endpoint().edit(CheapEdit.form()).json().at("/data/0/url").asText();
        Path file = gateway.dataDir().resolve("files").resolve(gateway.hostedFiles().getFirst());
        Files.delete(file);
        Files.createDirectory(file);
        return URI.create(link);
    }

    @TestFactory
    Stream<DynamicTest> withoutItsDatabaseItSaysSo() throws IOException {
        Postgres postgres = Postgres.start();
        DatabaseProxy proxy = DatabaseProxy.to(postgres.port());
        RunningGateway away = RunningGateway.start(with("RETOUCH_DATABASE_URL", postgres.newDatabase(proxy.port())));
        String key = Admin.of(away).group("callers", "").key("callers", "").key();
        proxy.cut();
        // each of them waits until the database times out
        Map<String, CompletableFuture<Reply>> replies = new ConcurrentHashMap<>();
        operations.forEach(operation -> replies.put(operation.id(), CompletableFuture.supplyAsync(
                () -> new Mistaken(operation, away.baseUrl(), key, Admin.TOKEN).send(), Thread::startVirtualThread)));
        return each(503, operation -> Objects.requireNonNull(replies.get(operation.id())).join())
                .onClose(() -> {
                    proxy.restore();
                    away.close();
                    close(proxy);
                    postgres.close();
                });
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put(name, value);
        return settings;
    }

    private static void close(DatabaseProxy proxy) {
        try {
            proxy.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stream<DynamicTest> each(int status, Function<Operation, Reply> request) {
        return operations.stream().filter(operation -> operation.answers().containsKey(status))
                .filter(operation -> !OTHERWISE.getOrDefault(status, Set.of()).contains(operation.id()))
                .map(operation -> DynamicTest.dynamicTest(operation.id(), () -> {
                    Reply reply = request.apply(operation);
                    assertThat(reply.status()).as(reply.beginning()).isEqualTo(status);
                }));
    }
}
