package dev.retouch.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code retouch keys}, each test on an empty directory. */
@Tag("slow")
class KeysCommandTest {

    private final Terminal terminal;

    KeysCommandTest(@TempDir Path folder) {
        terminal = Terminal.at(folder.resolve("data"));
    }

    @Test
    void aKeyIsShownOnceAndNeverAgain() throws IOException {
        terminal.ran("groups", "create", "team-a");
        String made = terminal.ran("keys", "create", "--group", "team-a", "--label", "laptop", "--expires",
                "2026-12-31",
                "--budget", "5", "--requests-per-minute", "3");
        String secret = Terminal.found(Terminal.SECRET, made);
        String id = Terminal.found(Terminal.KEY_ID, made);
        assertThat(made).contains("It is shown only now", "5.00 USD", "2027-01-01T00:00:00+01:00");

        assertThat(made.split(Pattern.quote(secret), -1)).hasSize(2);
        assertThat(Terminal.cells(terminal.ran("keys", "list", "--group", "team-a"))).containsExactly(
                "ID|GROUP|LABEL|KEY|STATE|CREATED|EXPIRES|LAST USED|AVAILABLE|SPENT",
                id + "|team-a|laptop|" + secret.substring(0, 15) + "...|active|2026-11-21T13:00:00+01:00"
                        + "|2027-01-01T00:00:00+01:00|-|5.00 USD|0.00 USD");
        for (String again : List.of(terminal.run("keys", "list", "--json").out(),
                terminal.run("groups", "show", "team-a").out(),
                terminal.run("keys", "revoke", id).out(), terminal.run("keys", "revoke", id, "--json").out())) {
            assertThat(again).isNotBlank().doesNotContain(secret);
        }
        assertThat(terminal.ran("keys", "list")).contains("revoked");
    }

    @Test
    void anExpiredKeyIsListedAsSuch() {
        terminal.ran("groups", "create", "team-a");
        assertThat(terminal.ran("keys", "create", "--group", "team-a", "--expires", "30d"))
                .contains("2026-12-21T13:00:00+01:00");
        assertThat(terminal.ran("keys", "list")).contains("active");
        assertThat(terminal.after(Duration.ofDays(30)).ran("keys", "list")).contains("expired")
                .doesNotContain("active");
    }

    @Test
    void aRotatedKeyWorksUntilItsGraceIsOver() {
        String old = terminal.keyOfTeam();
        Terminal.Said rotated = terminal.run("keys", "rotate", old, "--grace", "1h");
        assertThat(rotated.code()).isZero();
        assertThat(rotated.out()).contains("The key " + old + " works until 2026-11-21T14:00:00+01:00.",
                "It is shown only now").containsPattern(Terminal.SECRET);
        assertThat(terminal.ran("keys", "list").lines()).hasSize(3);

        assertThat(terminal.run("keys", "rotate", old).out()).contains("The key " + old + " no longer works.");
        assertThat(terminal.ran("keys", "list").lines().filter(line -> line.startsWith(old))).singleElement().asString()
                .contains("revoked");
    }

    /** The limit of the old key's budget ends with the rotation, so the command says so. */
    @Test
    void warnsIfRotatedKeyIsNoLongerLimited() throws IOException {
        String old = terminal.keyOfTeam();
        Terminal.Said rotated = terminal.run("keys", "rotate", old, "--json");
        JsonNode issued = rotated.json();
        assertThat(issued.path("secret").asText()).matches(Terminal.SECRET);
        boolean limited = issued.path("key").path("budget").path("limited").asBoolean();
        assertThat(rotated.err().isEmpty()).isEqualTo(limited);
    }
}
