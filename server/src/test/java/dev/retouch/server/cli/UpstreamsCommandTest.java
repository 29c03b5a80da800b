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

/** Tests of the upstreams of a running gateway. */
@Tag("slow")
class UpstreamsCommandTest {

    private final Map<String, String> environment = new HashMap<>();
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        CommandLine line = RetouchCommand.commandLine(environment, Clock.systemUTC());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @Test
    void listsAndTestsUpstreamsOfRunningGateway(@TempDir Path folder) throws IOException {
        environment.putAll(Map.of("RETOUCH_PORT", "0", "RETOUCH_DATA_DIR", folder.toString(), "RETOUCH_ADMIN_TOKEN",
                "the-admin-token-of-a-test", "RETOUCH_UPSTREAM_URL", "http://127.0.0.1:1/v1", "RETOUCH_UPSTREAM_KEY",
                "sk-upstream"));
        try (Gateway gateway = Gateway.start(new ConfigurationLoader(environment).load(Optional.empty()), environment,
                Clock.systemUTC())) {
            environment.put("RETOUCH_PORT", Integer.toString(gateway.address().getPort()));
            assertThat(run("upstreams", "list")).as(err.toString()).isZero();
            assertThat(out.toString()).contains("default", "sandbox", "ok");
            assertThat(run("upstreams", "test", "sandbox")).as(err.toString()).isZero();
            assertThat(out.toString()).startsWith("sandbox accepted the key (status 200) in ");
            assertThat(run("upstreams", "test", "default")).isEqualTo(1);
            assertThat(out.toString()).matches("default failed in \\d+ ms: unreachable\\R");
            assertThat(run("upstreams", "test", "sandbox", "--edit")).isZero();
            assertThat(out.toString()).contains("0 to 0 USD. To run it: --accept-price 0");
            assertThat(run("upstreams", "test", "sandbox", "--edit", "--accept-price", "0", "--json")).isZero();
            assertThat(out.toString()).contains("\"result\":\"passed\"");
            assertThat(run("upstreams", "test", "nobodys")).isEqualTo(1);
            assertThat(err.toString()).contains("there is no such upstream; choose one of default, sandbox");
            assertThat(run("upstreams", "test", "sandbox", "--model", "dall-e-2")).isEqualTo(1);
            assertThat(err.toString()).contains("--model and --accept-price need --edit");
        }
        assertThat(run("upstreams", "list")).isEqualTo(1);
        assertThat(err.toString()).contains("does not respond");
        environment.remove("RETOUCH_ADMIN_TOKEN");
        assertThat(run("upstreams", "list")).isEqualTo(1);
        assertThat(err.toString()).contains("set RETOUCH_ADMIN_TOKEN");
    }
}
