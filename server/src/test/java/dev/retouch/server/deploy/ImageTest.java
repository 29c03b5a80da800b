package dev.retouch.server.deploy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.cli.RetouchCommand;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.settings.ConfigurationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The image and the systemd unit start the gateway with variables, users and commands that exist. */
class ImageTest {

    private static final Pattern ENVIRONMENT = Pattern.compile("(RETOUCH_[A-Z_]+)=(\"[^\"]*\"|\\S+)");
    /** Variables that the launcher and the log read. */
    private static final Set<String> NOT_SETTINGS = Set.of("RETOUCH_CONFIG", "RETOUCH_JAVA_HOME", "RETOUCH_JAVA_OPTS",
            "RETOUCH_LOG_FORMAT", "RETOUCH_LOG_LEVEL", "RETOUCH_VARIABLE");

    private final String dockerfile = DeployFolder.text("Dockerfile");

    private static List<Path> files() {
        return DeployFolder.files("");
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyVariableIsKnown(Path file) throws Exception {
        for (String name : DeployFolder.names(Pattern.compile("\\b(RETOUCH_[A-Z_]*[A-Z])\\b"),
                Files.readString(file))) {
            if (!NOT_SETTINGS.contains(name)) {
                // an unknown variable fails with another message than a wrong value
                assertThat(messageOf(name)).as(file + ": " + name).doesNotContain("is not a setting", "was renamed");
            }
        }
    }

    private static String messageOf(String name) {
        try {
            return DeployFolder.settings(Map.of(name, "1")).host();
        } catch (ConfigurationException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void imageSetsTheHostAndTheDataDirectory() {
        Map<String, String> variables = new HashMap<>();
        Matcher set = ENVIRONMENT.matcher(dockerfile);
        while (set.find()) {
            variables.put(set.group(1), set.group(2));
        }
        assertThat(variables.remove("RETOUCH_JAVA_OPTS")).contains("MaxRAMPercentage");
        Configuration settings = DeployFolder.settings(variables);
        assertThat(settings.host()).isEqualTo("0.0.0.0");
        assertThat(dockerfile).contains("EXPOSE " + settings.port() + "\n",
                "VOLUME [\"" + settings.dataDir() + "\", \"/tmp\"]");
    }

    @Test
    void imageIsUnprivilegedAndNamesItsBase() {
        assertThat(dockerfile).containsPattern("(?m)^USER [1-9]\\d+:0$").contains("ARG BASE_IMAGE=",
                "FROM ${BASE_IMAGE}\n", "org.opencontainers.image.revision", "STOPSIGNAL SIGTERM");
        assertThat(dockerfile.substring(dockerfile.indexOf("FROM ${BASE_IMAGE}"))).doesNotContain("apt-get", "curl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile", "systemd/retouch.service", "compose.yaml"})
    void commandsExist(String file) {
        Set<String> commands = RetouchCommand.commandLine(Map.of(), Clock.systemUTC()).getSubcommands().keySet();
        Set<String> used = DeployFolder.names(Pattern.compile("bin/retouch(?:\", \"| )([a-z-]+)"),
                DeployFolder.text(file));
        used.addAll(DeployFolder.names(Pattern.compile("(?m)^CMD \\[\"([a-z-]+)\"]"), DeployFolder.text(file)));
        assertThat(commands).containsAll(used);
    }

    @Test
    void launcherOfTheImageIsThatOfTheDistribution() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(pom).contains("tofile=\"${distribution.folder}/bin/retouch\"",
                "<distribution.folder>${project.build.directory}/retouch</distribution.folder>");
        assertThat(dockerfile).contains("ENTRYPOINT [\"/opt/retouch/bin/retouch\"]", "server/target/retouch");
    }

    @Test
    void unitIsValid() throws Exception {
        String unit = DeployFolder.text("systemd/retouch.service");
        assertThat(DeployFolder.names(Pattern.compile("(?m)^\\[(.+)]$"), unit)).containsExactly("Install", "Service",
                "Unit");
        assertThat(unit).contains("DynamicUser=yes", "StateDirectory=retouch\n",
                "RETOUCH_DATA_DIR=/var/lib/retouch\n");
        Configuration defaults = DeployFolder.settings(Map.of());
        Matcher stop = Pattern.compile("TimeoutStopSec=(\\d+)s").matcher(unit);
        assertThat(stop.find()).isTrue();
        assertThat(Long.parseLong(stop.group(1))).isGreaterThanOrEqualTo(
                defaults.shutdown().delay().plus(defaults.shutdown().grace()).toSeconds() + 10);
        assumeTrue(DeployFolder.run("systemd-analyze", "--version").isPresent(), "systemd is not installed");
        Path folder = Files.createTempDirectory("unit");
        // the program is not installed here, which is no mistake of the unit
        Path copy = Files.writeString(folder.resolve("retouch.service"),
                unit.replace("/opt/retouch/bin/retouch", "/bin/true"));
        String output = DeployFolder.run("systemd-analyze", "verify", "--man=no", copy.toString()).orElse("");
        assertThat(output.lines().filter(line -> line.contains("retouch.service"))).isEmpty();
    }
}
