package dev.retouch.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.retouch.server.app.Gateway;
import dev.retouch.server.config.ConfigurationLoader;

import static org.assertj.core.api.Assertions.assertThat;

/** The health check of containers, against a real gateway. */
@Tag("slow")
class HealthCommandTest {

    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int health() {
        CommandLine line = RetouchCommand.commandLine(environment, Clock.systemUTC());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute("health");
    }

    @Test
    void exitCodeSaysWhetherTheGatewayIsReady(@TempDir Path folder) throws IOException {
        environment.putAll(Map.of("RETOUCH_HOST", "0.0.0.0", "RETOUCH_PORT", "0", "RETOUCH_DATA_DIR",
                folder.toString()));
        try (Gateway gateway = Gateway.start(new ConfigurationLoader(environment).load(Optional.empty()), environment,
                Clock.systemUTC())) {
            environment.put("RETOUCH_PORT", Integer.toString(gateway.address().getPort()));
            assertThat(health()).as(err.toString()).isZero();
            assertThat(out.toString()).contains("\"status\":\"ok\"");
        }
        assertThat(health()).isEqualTo(1);
        assertThat(err.toString()).contains("/readyz does not answer");
    }
}
