package dev.retouch.contract.access;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** A path that is spelled otherwise than in the document leads nowhere, and past no door. */
@TestInstance(Lifecycle.PER_CLASS)
class SpellingTest {

    private static final List<String> SPELLINGS = List.of("%s/", "%s;x=1", "%s/;x=1", "%s;", "/%s", "%s//", "%s/.",
            "/;x=1%s", "%s%%2f", "%s%%20");

    private final RunningGateway gateway;

    SpellingTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @TestFactory
    Stream<DynamicTest> leadsNowhereWithoutAKey() {
        JsonNode paths = new Contract().tree().path("paths");
        return paths.propertyStream().flatMap(path -> path.getValue().propertyStream()
                .flatMap(operation -> SPELLINGS.stream().map(spelling -> {
                    String method = operation.getKey().toUpperCase(Locale.ROOT);
                    String target = String.format(Locale.ROOT, spelling,
                            path.getKey().replaceAll("\\{[^}]+}", "default"));
                    return DynamicTest.dynamicTest(method + " " + target, () -> assertRefused(method, target));
                })));
    }

    private void assertRefused(String method, String target) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.endpoint())) {
            Reply reply = connection.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}").reply();
            assertThat(reply.status()).as(reply.beginning()).isIn(400, 401, 403, 404, 405);
            assertThat(reply.error().path("code").asText()).as(reply.beginning())
                    .isIn("malformed_request", "path_not_found", "method_not_allowed", "invalid_api_key",
                            "invalid_signature", "file_not_found");
        }
    }
}
