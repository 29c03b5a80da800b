package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.database.TestDatabases;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("slow")
class DataDirectoryLockTest {

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void secondGatewayIsRefusedUntilTheFirstHasStopped() throws IOException {
        try (StartedGateway first = StartedGateway.with(folder)) {
            assertThatThrownBy(() -> StartedGateway.with(folder)).isInstanceOf(StartupException.class)
                    .hasMessageContaining("another gateway uses the data directory " + folder)
                    .hasMessageContaining("RETOUCH_DATA_DIR").hasMessageContaining("RETOUCH_DATABASE_URL");
            first.send("GET /healthz HTTP/1.1", "Host: localhost");
        }
        StartedGateway.with(folder).close();
    }

    @Test
    void gatewaysWithSharedDatabaseShareTheDirectory() throws IOException {
        String database = TestDatabases.newPostgres();
        try (StartedGateway first = StartedGateway.with(folder, "RETOUCH_DATABASE_URL", database);
                StartedGateway second = StartedGateway.with(folder, "RETOUCH_DATABASE_URL", database)) {
            first.send("GET /healthz HTTP/1.1", "Host: localhost");
            second.send("GET /healthz HTTP/1.1", "Host: localhost");
        }
    }
}
