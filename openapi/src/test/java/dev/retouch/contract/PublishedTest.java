package dev.retouch.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The contract does not break clients of the published contract, unless its version announces it. */
class PublishedTest {

    private static final Path REPORT = Path.of("target", "contract-changes.md");

    private final ContractTree published = ContractTree.published();
    private final ContractTree current = ContractTree.read();

    @Test
    void onlyAVersionThatSaysSoBreaksClients() throws IOException {
        List<Change> changes = ContractChanges.between(published, current);
        List<String> breaking = Change.lines(changes.stream().filter(Change::breaks).toList());
        List<String> others = Change.lines(changes.stream().filter(change -> !change.breaks()).toList());
        Files.writeString(Files.createDirectories(REPORT.getParent()).resolve(REPORT.getFileName()),
                report(breaking, others));

        if (!ContractVersion.of(current.root()).mayBreak(ContractVersion.of(published.root()))) {
            assertThat(breaking).as(
                    "differences from openapi/published/openapi.yaml that break clients, while info.version"
                            + " is %s; take them back, or raise the version as CONTRIBUTING.md says",
                    current.root().at("/info/version").asText()).isEmpty();
        }
    }

    private String report(List<String> breaking, List<String> others) {
        StringBuilder text = new StringBuilder("# The contract since ")
                .append(published.root().at("/info/version").asText()).append("\n");
        section(text, "Breaks clients", breaking);
        section(text, "Changed", others);
        return breaking.isEmpty() && others.isEmpty() ? text.append("\nNothing.\n").toString() : text.toString();
    }

    private static void section(StringBuilder text, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            text.append("\n## ").append(title).append("\n\n");
            lines.forEach(line -> text.append("- ").append(line).append("\n"));
        }
    }
}
