package dev.retouch.contract.coverage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.exchange.Document;
import dev.retouch.contract.exchange.Exceptions;
import dev.retouch.contract.exchange.Item;
import dev.retouch.contract.harness.Gateways;

import static org.assertj.core.api.Assertions.assertThat;

/** After all other tests: is there anything in the document that none of them used, and was everything as the document has it? */
@TestInstance(Lifecycle.PER_CLASS)
class ContractCoverageReportTest {

    private static final Path REPORT = Path.of("target", "coverage");

    private final Set<String> document;
    private final Seen seen;
    private final Gaps gaps = Gaps.read();

    ContractCoverageReportTest() throws IOException {
        document = Item.everyOneOf(new Document());
        Files.createDirectories(Seen.FOLDER);
        seen = Seen.read(Seen.FOLDER);
    }

    @BeforeAll
    void write() throws IOException {
        Gateways.ownOnly();
        new CoverageReport(Coverage.of(document, seen, gaps), seen).write(REPORT);
    }

    @Test
    void everythingThatTheDocumentHasIsTestedOrExcused() {
        assertThat(Coverage.complaints(document, seen, gaps)).as("see " + REPORT.resolve("report.html").toUri())
                .isEmpty();
    }

    /** Exchanges recorded after the end of the last test are reported here. */
    @Test
    void allResponsesAreAllowedByTheDocument() {
        assertThat(seen.violations()).isEmpty();
    }

    @Test
    void everyExceptionIsStillNeeded() {
        assertThat(new Exceptions().texts()).as("exceptions.yaml").allSatisfy(
                exception -> assertThat(seen.exceptions()).as("used by a test").containsKey(exception));
    }
}
