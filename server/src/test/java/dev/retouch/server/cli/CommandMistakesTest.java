package dev.retouch.server.cli;

import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Invalid arguments; all tests share a directory, because none of them changes anything. */
@TestInstance(Lifecycle.PER_CLASS)
@Tag("slow")
class CommandMistakesTest {

    private final Terminal terminal;

    CommandMistakesTest(@TempDir Path folder) {
        terminal = Terminal.at(folder.resolve("data"));
    }

    @BeforeAll
    void makeAGroup() {
        terminal.ran("groups", "create", "team-a");
    }

    @AfterAll
    void nothingElseWasMade() {
        assertThat(terminal.ran("groups", "list").lines()).hasSize(2);
        assertThat(terminal.ran("keys", "list")).startsWith("There are no keys");
        assertThat(terminal.ran("ledger", "verify")).startsWith("0 transactions");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            groups create Team-A                                | A group's name has
            groups create team-a                                | There is a group 'team-a' already.
            groups create sandbox                               | The name 'sandbox' is reserved
            groups create team-b --model gpt-image-9            | There is no model 'gpt-image-9'.
            groups create team-b --model all,gpt-image-2        | --model all must stand alone
            groups create team-b --upstream elsewhere           | There is no upstream 'elsewhere'.
            groups create team-b --concurrent-edits 0           | --concurrent-edits must be at least 1
            groups create team-b --queue many                   | --queue must be a whole number
            groups create team-b --queue-wait soon              | --queue-wait must be a duration
            groups create team-b --queue-wait 1500ms            | --queue-wait must be whole seconds
            groups create team-b --queue-wait 2h                | queue_wait_seconds must be at most 3600.
            groups create team-b --moderation strict            | --moderation must be one of off, observe, block
            groups create team-b --moderation-on-failure no     | --moderation-on-failure must be one of open, closed
            groups create team-b --threshold hate=2             | --threshold must be 0 to 1
            groups create team-b --threshold hate=1e-999999999  | --threshold must be 0 to 1
            groups create team-b --budget 0                     | --budget must not be zero
            groups create team-b --budget=-1                    | --budget must be above zero
            groups show team-b                                  | There is no group 'team-b'.
            groups update team-a                                | no property to change is given.
            groups delete team-b                                | There is no group 'team-b'.
            keys create --group team-b                          | There is no group 'team-b'.
            keys create --group team-a --expires 2020-01-01     | The key would have expired already.
            keys create --group team-a --expires someday        | --expires must be a day
            keys create --group team-a --expires 2026-13-01     | --expires must be a day
            keys create --group team-a --expires 999999999999d  | --expires must be a day
            keys create --group team-a --budget 5USD            | --budget must be a decimal number
            keys list --group team-b                            | There is no group 'team-b'.
            keys revoke key_none                                | There is no key 'key_none'.
            keys rotate key_none --grace 1y                     | --grace must be a duration
            keys rotate key_none --grace 91d                    | The old key can go on working
            budget add --group team-a 1,50                      | AMOUNT must be a decimal number
            budget add --group team-a --amount=1e99             | --amount is more than the ledger can hold
            budget add --group team-b 1                         | There is no group 'team-b'.
            budget show --key key_none                          | There is no key 'key_none'.
            usage --start yesterday                             | --start must be a day
            usage --start 2026-11-22                            | --start must not be after --end
            usage --by owner                                    | --by must be one of
            usage --csv --json                                  | choose one of --csv and --json
            groups list -c nowhere.yaml                         | nowhere.yaml: there is no such file
            """)
    void aMistakeIsOneLine(String arguments, String message) {
        Terminal.Said said = terminal.run(arguments.split(" "));

        assertThat(said.err()).startsWith("retouch: " + message);
        assertThat(said.err().lines()).hasSize(1);
        assertThat(said.out()).isEmpty();
        assertThat(said.code()).isEqualTo(1);
    }

    /** A secret given in place of an id does not appear in the output. */
    @ParameterizedTest
    @ValueSource(strings = {"keys revoke X", "keys rotate X", "budget show --key X", "budget add --key X 1",
            "budget add --key key_none X"})
    void aKeyInTheWrongPlaceIsNotRepeated(String arguments) {
        String secret = "sk-retouch-0123456789abcdefghijklmnopqrstuvwxyz";
        Terminal.Said said = terminal.run(arguments.replace("X", secret).split(" "));
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).startsWith("retouch: ").doesNotContain(secret);
    }

    @ParameterizedTest
    @ValueSource(strings = {"groups", "keys", "budget add --key key_1", "budget add 1", "budget show", "keys create",
            "budget show --key key_1 --group team-a", "budget add --key key_1 1 --amount 1"})
    void unknownCommandPrintsUsage(String arguments) {
        Terminal.Said said = terminal.run(arguments.split(" "));
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).contains("Usage: retouch " + arguments.split(" ")[0]);
        assertThat(said.out()).isEmpty();
    }

    @Test
    void aMisspeltOptionIsAnsweredWithTheRightOne() {
        Terminal.Said said = terminal.run("groups", "list", "--jsn");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).contains("--jsn", "Possible solutions: --json");
    }
}
