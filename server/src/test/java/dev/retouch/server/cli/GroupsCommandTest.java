package dev.retouch.server.cli;

import java.io.IOException;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code retouch groups}, each test on an empty directory. */
@Tag("slow")
class GroupsCommandTest {

    private final Terminal terminal;

    GroupsCommandTest(@TempDir Path folder) {
        terminal = Terminal.at(folder.resolve("data"));
    }

    @Test
    void aGroupIsMadeListedAndShown() {
        assertThat(terminal.ran("groups", "create", "team-a", "--no-images", "--model", "gpt-image-2", "--upstream",
                "sandbox",
                "--concurrent-edits", "4", "--queue", "0", "--queue-wait", "5m", "--requests-per-minute", "60",
                "--images-per-minute", "70", "--moderation", "block", "--moderation-on-failure", "open",
                "--threshold", "violence=0.5", "--mask-mode", "strict", "--fallback-model",
                "gpt-image-1,gemini-2.5-flash-image", "--retain", "metadata", "--retain-days", "7", "--budget", "50"))
                .startsWith("Made the group team-a.\n");

        assertThat(Terminal.cells(terminal.ran("groups", "list"))).containsExactly(
                "NAME|PLATFORM|IMAGES|MODELS|UPSTREAMS|MODERATION|AVAILABLE|SPENT",
                "team-a|openai|no|gpt-image-2|sandbox|block|50.00 USD|0.00 USD");
        assertThat(Terminal.cells(terminal.ran("groups", "show", "team-a")))
                .containsExactly("name|team-a", "platform|openai", "images|no", "models|gpt-image-2",
                        "upstreams|sandbox", "concurrent edits|4", "queue|0", "queue wait|300s",
                        "requests per minute|60", "images per minute|70", "moderation|block",
                        "moderation on failure|open", "thresholds|violence=0.5", "normalise|(default)",
                        "mask mode|strict", "fallback models|gpt-image-1, gemini-2.5-flash-image",
                        "retain|metadata for 7 days", "keys|0",
                        "available|50.00 USD", "held|0.00 USD", "spent|0.00 USD");
    }

    @Test
    void onlyWhatIsGivenChanges() throws IOException {
        terminal.ran("groups", "create", "team-a", "--no-images", "--model", "gpt-image-2,gpt-image-1",
                "--concurrent-edits",
                "4", "--queue", "7", "--moderation", "observe", "--threshold", "violence=0.5", "--threshold", "hate=1",
                "--mask-mode", "off");
        JsonNode before = terminal.run("groups", "show", "team-a", "--json").json();

        JsonNode after = terminal
                .run("groups", "update", "team-a", "--json", "--images", "--queue", "none", "--threshold",
                        "hate=none")
                .json();

        assertThat(before.path("models")).hasSize(2);
        assertThat(after.path("models")).isEqualTo(before.path("models"));
        assertThat(after.path("image_permission").asBoolean()).isTrue();
        assertThat(after.path("limits")).hasToString("{\"concurrent_edits\":4}");
        assertThat(after.path("moderation").path("mode").asText()).isEqualTo("observe");
        assertThat(after.path("mask_mode").asText()).isEqualTo("off");
        assertThat(after.path("moderation").path("thresholds")).hasToString("{\"violence\":0.5}");

        terminal.ran("groups", "update", "team-a", "--model", "all", "--concurrent-edits", "none");
        JsonNode open = terminal.run("groups", "show", "team-a", "--json").json();
        assertThat(open.path("models")).isEmpty();
        assertThat(open.path("limits")).isEmpty();
        assertThat(open.path("image_permission").asBoolean()).isTrue();
    }

    @Test
    void changesToImagesAreChosenOrLeftToTheSettings() throws IOException {
        terminal.ran("groups", "create", "team-a", "--normalise", "orientation,mask");
        assertThat(terminal.run("groups", "show", "team-a", "--json").json().path("normalise"))
                .hasToString("[\"mask\",\"orientation\"]");
        assertThat(terminal.ran("groups", "show", "team-a")).containsPattern("normalise +mask, orientation");
        terminal.ran("groups", "update", "team-a", "--normalise", "none");
        assertThat(terminal.run("groups", "show", "team-a", "--json").json().path("normalise")).isEmpty();
        terminal.ran("groups", "update", "team-a", "--normalise", "default");
        assertThat(terminal.ran("groups", "show", "team-a")).containsPattern("normalise +\\(default\\)");

        Terminal.Said refused = terminal.run("groups", "update", "team-a", "--normalise", "rotate");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("'rotate' is none of orientation, colour, mask, size");
    }

    @Test
    void aGroupIsDeletedOnceItsKeysAreRevoked() {
        String key = terminal.keyOfTeam();
        Terminal.Said refused = terminal.run("groups", "delete", "team-a");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).startsWith("retouch: The group 'team-a' has keys that are not revoked (1).");

        terminal.ran("keys", "revoke", key);
        assertThat(terminal.ran("groups", "delete", "team-a")).isEqualTo("Deleted the group team-a.\n");
        assertThat(terminal.ran("groups", "list")).startsWith("There are no groups.");
    }
}
