package dev.retouch.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.retouch.server.database.Database;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code retouch budget}, {@code usage} and {@code ledger}, each test on an empty directory. */
@Tag("slow")
class MoneyCommandsTest {

    private final Terminal terminal;

    MoneyCommandsTest(@TempDir Path folder) {
        terminal = Terminal.at(folder.resolve("data"));
    }

    static List<List<String>> takingTwoAway() {
        return List.of(List.of("--", "-2"), List.of("--amount", "-2"), List.of("--amount=-2"),
                List.of("--note", "too much", "--", "-2.00"));
    }

    @ParameterizedTest
    @MethodSource("takingTwoAway")
    void moneyIsAddedAndTakenAway(List<String> taking) {
        String key = terminal.keyOfTeam();
        assertThat(terminal.ran("budget", "add", "--key", key, "1.25", "--note", "more")).contains("Added 1.25 USD",
                "6.25 USD");

        List<String> arguments = new ArrayList<>(List.of("budget", "add", "--key", key));
        arguments.addAll(taking);
        assertThat(terminal.ran(arguments.toArray(String[]::new))).contains("Took 2.00 USD", "4.25 USD");
        assertThat(Terminal.cells(terminal.ran("budget", "show", "--key", key)))
                .containsExactly("available|4.25 USD", "held|0.00 USD", "spent|0.00 USD");

        assertThat(terminal.ran("budget", "show", "--group", "team-a")).contains("not limited");
        terminal.ran("budget", "add", "--group", "team-a", "10");
        assertThat(terminal.ran("budget", "show", "--group", "team-a")).contains("10.00 USD");
        assertThat(terminal.ran("ledger", "verify")).contains("4 transactions", "the ledger adds up");
    }

    @Test
    void repeatedCommandWithItsIdAddsNothing() {
        String key = terminal.keyOfTeam();
        String[] add = {"budget", "add", "--key", key, "2", "--id", "invoice-7"};
        assertThat(terminal.ran(add)).contains("Added 2.00 USD", "Id: invoice-7", "7.00 USD");
        assertThat(terminal.ran(add)).contains("by an earlier command with this id", "7.00 USD");
        assertThat(terminal.ran("budget", "show", "--key", key)).contains("7.00 USD");
        assertThat(terminal.run("budget", "add", "--key", key, "3", "--id", "invoice-7").err())
                .contains("--id: this id was used before to fund key:" + key);
        assertThat(terminal.run("budget", "add", "--key", key, "3", "--id", " ").err())
                .contains("--id must be 1 to 255 visible ASCII characters");
        assertThat(terminal.ran("ledger", "verify")).contains("the ledger adds up");
    }

    @Test
    void usageIsATableWithATotal() {
        String key = terminal.keyOfTeam();
        terminal.edits(key);
        assertThat(Terminal.cells(terminal.ran("usage", "--by", "model,day"))).containsExactly(
                "Edits from 2026-10-22 to 2026-11-21 (UTC):", "",
                "DAY|MODEL|EDITS|IMAGES|TEXT TOKENS|IMAGE TOKENS|OUTPUT TOKENS|COST|HELD|UNDECIDED",
                "2026-11-20|gpt-image-2|1|1|10|20|30|0.1234 USD|0.00 USD|0",
                "2026-11-21|gpt-image-1|1|1|10|20|30|2.00 USD|0.00 USD|0",
                "2026-11-21|gpt-image-2|1|1|10|20|30|0.04 USD|0.00 USD|0",
                "total|3|3|30|60|90|2.1634 USD|0.00 USD|0");
        assertThat(terminal.ran("usage", "--key", key)).contains(key, "0.1634 USD").doesNotContain("key_other");
        assertThat(terminal.ran("usage", "--group", "team-b")).startsWith("There were no edits");
        assertThat(terminal.ran("usage", "--end", "2026-10-31")).contains("2026-10-12", "1.00 USD");
        assertThat(terminal.ran("groups", "list")).contains("3.1634 USD");
    }

    @Test
    void usageIsForSpreadsheetsAndProgramsToo() throws IOException {
        String key = terminal.keyOfTeam();
        terminal.edits(key);
        assertThat(terminal.ran("usage", "--csv", "--by", "key", "--start", "2026-11-21")).isEqualTo(
                "key,edits,images,text_input_tokens,image_input_tokens,output_tokens,cost,held,undecided,"
                        + "cached_text_input_tokens,cached_image_input_tokens,text_output_tokens,refunded\r\n"
                        + Stream.of(key + ",1,1,10,20,30,0.04,0,0,0,0,0,0\r\n",
                                "key_other,1,1,10,20,30,2,0,0,0,0,0,0\r\n")
                                .sorted()
                                .reduce("", String::concat));

        JsonNode report = terminal.run("usage", "--json", "--by", "group").json();
        assertThat(report.path("object").asText()).isEqualTo("usage");
        assertThat(report.path("start").asText()).isEqualTo("2026-10-22");
        assertThat(report.path("end").asText()).isEqualTo("2026-11-21");
        assertThat(report.path("data")).singleElement().satisfies(row -> {
            assertThat(row.path("group").asText()).isEqualTo("team-a");
            assertThat(row.path("cost").asText()).isEqualTo("2.1634");
            assertThat(row.has("day")).isFalse();
        });
        assertThat(report.path("total").path("edits").asInt()).isEqualTo(3);
        assertThat(terminal.run("usage", "--json", "--group", "team-b").json().path("total").path("edits").asInt(-1))
                .isZero();
    }

    @Test
    void reportsATamperedLedger() throws IOException {
        String key = terminal.keyOfTeam();
        terminal.edits(key);
        assertThat(terminal.ran("ledger", "verify")).contains("4 edits: the ledger adds up");
        JsonNode rest = terminal.run("ledger", "verify", "--json").json();
        assertThat(rest.path("sound").asBoolean()).isTrue();
        assertThat(rest.path("transactions").asInt(-1)).as("since the checkpoint").isZero();
        assertThat(rest.path("after").asLong()).isPositive();
        JsonNode sound = terminal.run("ledger", "verify", "--all", "--json").json();
        assertThat(sound.path("sound").asBoolean()).isTrue();
        assertThat(sound.path("edits").asInt()).isEqualTo(4);
        assertThat(sound.has("after")).isFalse();

        try (Database database = Database.open(Optional.empty(), terminal.data())) {
            int changed = database.write(handle -> handle
                    .createUpdate("UPDATE budgets SET available = available + 1 WHERE owner = :owner")
                    .bind("owner", "key:" + key).execute());
            assertThat(changed).isEqualTo(1);
        }
        Terminal.Said said = terminal.run("ledger", "verify");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).contains("the ledger does not add up", "key:" + key);
        assertThat(said.err()).isEmpty();
        Terminal.Said json = terminal.run("ledger", "verify", "--json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(new ObjectMapper().readTree(json.out()).path("problems")).isNotEmpty();
    }
}
