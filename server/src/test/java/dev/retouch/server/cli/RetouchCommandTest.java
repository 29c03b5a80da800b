package dev.retouch.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import dev.retouch.server.api.ContractDocument;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class RetouchCommandTest {

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    RetouchCommandTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private int run(String... arguments) {
        CommandLine line = RetouchCommand.commandLine(environment, Clock.systemUTC());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("retouch.yaml"), yaml).toString();
    }

    @Test
    void itSaysWhatItCanDo() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("A self-hosted gateway for image-edit APIs.", "serve", "check-config")
                .doesNotContain("--stop-with-parent");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check-config"})
    void eachCommandHasHelpOfItsOwn(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("retouch " + command, "--config=FILE", "RETOUCH_CONFIG")
                .doesNotContain("--stop-with-parent");
    }

    @Test
    void itSaysItsVersions() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("retouch ").contains("contract " + ContractDocument.version(),
                "java " + Runtime.version().feature());
    }

    @Test
    void withoutACommandItSaysWhichToUse() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("retouch serve", "Usage: retouch");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aMisspeltCommandIsRefused() {
        assertThat(run("serv")).isEqualTo(2);
        assertThat(err.toString()).contains("serv");
    }

    @Test
    void rightSettingsAreRight() throws IOException {
        environment.put("RETOUCH_PORT", "1234");
        assertThat(run("check-config", "--config", file("host: localhost\n"))).isZero();
        assertThat(out.toString()).startsWith("The settings are right: ").contains("localhost:1234");
        assertThat(err.toString()).isEmpty();
        assertThat(folder.resolve("retouch-data")).doesNotExist();
    }

    @Test
    void wrongSettingsAreOneLineAndOne() throws IOException {
        String file = file("prot: 1\n");
        assertThat(run("check-config", "-c", file)).isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo("retouch: " + file + ":1: unknown key 'prot'. Did you mean 'port'?");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aDefaultModelMustExist() throws IOException {
        assertThat(run("check-config", "-c", file("default-model: gpt-image-3\n"))).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("retouch: 'default-model': there is no model 'gpt-image-3'. Did you mean");
    }

    @Test
    void wrongSettingsStopTheStart() throws IOException {
        assertThat(run("serve", "-c", file("port: http\n"))).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void portInUseIsReportedWithAFix() throws IOException {
        environment.put("RETOUCH_DATA_DIR", folder.resolve("data").toString());
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("RETOUCH_PORT", Integer.toString(taken.getLocalPort()));
            assertThat(run("serve")).isEqualTo(1);
            assertThat(err.toString()).startsWith("retouch: cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("RETOUCH_PORT").doesNotContain("\tat ");
        }
    }

    /** A failure that the operator can fix is reported in a line, without a stack trace. */
    @ParameterizedTest
    @ValueSource(strings = {"link.secret", "sandbox.key"})
    void damagedSecretIsReportedByName(String name) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.write(data.resolve(name), new byte[]{(byte) 0xff, 1});
        environment.putAll(Map.of("RETOUCH_DATA_DIR", data.toString(), "RETOUCH_PORT", "0"));

        assertThat(run("serve")).isEqualTo(1);
        assertThat(err.toString()).startsWith("retouch: cannot start: " + data.resolve(name)).contains("delete it");
        assertThat(err.toString().lines()).hasSize(1);
    }
}
