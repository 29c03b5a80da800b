package dev.retouch.server.http;

import java.time.Duration;
import java.util.Optional;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectorSettingsTest {

    /** Heap in megabytes, files that the process may open, connections. */
    @ParameterizedTest
    @CsvSource({"512, 1000000, 10000", "128, 1000000, 2730", "512, 1024, 512", "512, 1, 1"})
    void connectionsLeaveRoomInTheHeapAndAmongTheFiles(long heap, long files, int connections) {
        ConnectorSettings settings = new ConnectorSettings("127.0.0.1", 0, Duration.ofSeconds(1), Duration.ofSeconds(1),
                8_192, Duration.ofSeconds(1), 10, 10_000, false, Optional.empty());
        assertThat(settings.usableConnections(heap << 20, files)).isEqualTo(connections);
    }
}
