package dev.retouch.server.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.database.Database;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class EditsCommandTest {

    private final Terminal terminal;
    private final String key;

    EditsCommandTest(@TempDir Path folder) {
        terminal = Terminal.at(folder.resolve("data"));
        key = terminal.keyOfTeam();
        terminal.edits(key);
    }

    @Test
    void listsEditsInPages() throws IOException {
        String first = terminal.ran("edits", "list", "--limit", "2");
        assertThat(first).contains("edit_4", "edit_1", "More edits follow: --after edit_1").doesNotContain("edit_2");
        assertThat(terminal.ran("edits", "list", "--after", "edit_1")).contains("edit_2", "edit_3")
                .doesNotContain("More edits");
        JsonNode list = terminal.run("edits", "list", "--json", "--limit", "3").json();
        assertThat(list.path("has_more").asBoolean()).isTrue();
        assertThat(list.path("data")).hasSize(3);
    }

    @Test
    void filtersByKeyAndTime() {
        assertThat(terminal.ran("edits", "list", "--key", key)).contains("edit_1", "edit_2", "edit_3")
                .doesNotContain("edit_4");
        assertThat(terminal.ran("edits", "list", "--since", "2026-11-20", "--until", "2026-11-20"))
                .contains("edit_2").doesNotContain("edit_1").doesNotContain("edit_3");
        assertThat(terminal.ran("edits", "list", "--state", "undecided")).isEqualTo("There are no such edits.\n");
    }

    @Test
    void showsTransfersOfAnEdit() throws IOException {
        assertThat(Terminal.cells(terminal.ran("edits", "show", "edit_2"))).contains("id|edit_2", "state|settled",
                "cost|0.1234 USD", "images|1 of 1", "TIME|TRANSFER|OWNER|ACCOUNT|AMOUNT")
                .anyMatch(line -> line.endsWith("|settle|key:" + key + "|spent|0.1234 USD"));
        JsonNode edit = terminal.run("edits", "show", "edit_2", "--json").json();
        assertThat(edit.path("transfers")).extracting(transfer -> transfer.path("kind").asText())
                .containsExactly("hold", "settle");
    }

    @Test
    void refundsOnceForEachId() {
        String[] refund = {"edits", "refund", "edit_2", "--amount", "0.1", "--note", "broken", "--id", "refund-1"};
        assertThat(terminal.ran(refund)).contains("Refunded the edit. Id: refund-1", "0.10 USD", "refund");
        assertThat(terminal.ran(refund)).contains("by an earlier command with this id");
        assertThat(terminal.run("edits", "refund", "edit_2", "--id", "refund-1").err())
                .contains("--id: this id was used before to refund edit_2 with the amount 0.1");
        assertThat(terminal.run("edits", "refund", "edit_2", "--amount", "1").err()).contains("--amount: ", "0.0234");
        assertThat(terminal.ran("edits", "refund", "edit_2")).contains("Id: cli_", "0.1234 USD");
        assertThat(terminal.run("edits", "refund", "edit_9").err()).contains("there is no edit edit_9");
        assertThat(terminal.ran("ledger", "verify")).contains("the ledger adds up");
    }

    @Test
    void settlesAndReleasesUndecidedEdits() {
        try (Database database = Database.open(Optional.empty(), terminal.data())) {
            Ledger ledger = new Ledger(database, Clock.fixed(Terminal.NOW, ZoneOffset.UTC), "inst_test");
            for (String id : List.of("edit_5", "edit_6")) {
                ledger.hold(new HoldRequest(id, key, "team-a", "gpt-image-2", "USD", "1", false, 1,
                        Money.of(new BigDecimal("0.5"))));
                ledger.markUndecided(id, "connection lost");
            }
        }
        assertThat(terminal.run("edits", "settle", "edit_5", "--amount", "0.6").err()).contains("at most the hold");
        assertThat(terminal.ran("edits", "settle", "edit_5", "--amount", "0.2", "--note", "their bill"))
                .contains("Settled the edit", "their bill", "0.20 USD");
        assertThat(terminal.ran("edits", "release", "edit_6")).contains("Released the edit",
                "released by an administrator");
        assertThat(terminal.run("edits", "release", "edit_5").err()).contains("the edit is 'settled', not undecided");
        assertThat(terminal.ran("ledger", "verify")).contains("the ledger adds up");
    }

    @Test
    void reportsMistakes() {
        assertThat(terminal.run("edits", "show", "edit_9").err()).contains("there is no edit edit_9");
        assertThat(terminal.run("edits", "list", "--after", "edit_9").err()).contains("--after");
        assertThat(terminal.run("edits", "list", "--since", "yesterday").err()).contains("--since must be a day");
        assertThat(terminal.run("edits", "list", "--state", "lost").err()).contains("--state must be one of");
        assertThat(terminal.run("edits", "list", "--limit", "0").err()).contains("--limit must be at least 1");
    }
}
