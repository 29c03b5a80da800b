package dev.retouch.contract.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.conformance.cases.Case;
import dev.retouch.contract.conformance.cases.CaseException;
import dev.retouch.contract.conformance.cases.CaseFiles;
import dev.retouch.contract.conformance.cases.ModelNames;
import dev.retouch.contract.conformance.check.Schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The shipped cases cover every observable rule, and a mistake in a case file is reported with its place. */
class CaseFilesTest {

    private static final Schemas SCHEMAS = new Schemas();

    @TempDir
    private Path folder = Path.of(".");

    private static List<Case> load(Optional<Path> own) {
        return new CaseFiles(ModelNames.unchanged(), SCHEMAS).load(own);
    }

    @Test
    void everyRuleThatCanBeSeenHasACase() throws IOException {
        Set<String> rules = new TreeSet<>();
        try (InputStream in = CaseFilesTest.class.getResourceAsStream("/dev/retouch/contract/dialect/dialects.yaml")) {
            for (Map.Entry<String, JsonNode> dialect : new YAMLMapper().readTree(in).properties()) {
                dialect.getValue().path("rules").fieldNames().forEachRemaining(rule -> rules.add(dialect.getKey() + " "
                        + rule));
            }
        }
        Set<String> seen = new TreeSet<>();
        load(Optional.empty()).forEach(each -> seen.addAll(each.rules()));
        Set<String> unseen;
        try (InputStream in = CaseFilesTest.class.getResourceAsStream("unseen-rules.yaml")) {
            Map<String, String> reasons = new YAMLMapper().readValue(in, new TypeReference<Map<String, String>>() {
            });
            assertThat(reasons.values()).allSatisfy(reason -> assertThat(reason).isNotBlank());
            unseen = reasons.keySet();
        }

        assertThat(rules).as("rules that cases name").containsAll(seen);
        assertThat(seen).as("rules that cannot be seen").doesNotContainAnyElementsOf(unseen);
        seen.addAll(unseen);
        assertThat(seen).as("rules of the dialects").containsAll(rules);
    }

    @Test
    void thereAreManyAndEachSaysWhatItShows() {
        List<Case> cases = load(Optional.empty());
        assertThat(cases).hasSizeGreaterThan(200)
                .allSatisfy(each -> assertThat(each.shows()).as(each.id()).endsWith(".").doesNotContain("${"));
        assertThat(cases).filteredOn(Case::paid).hasSizeGreaterThan(90)
                .allSatisfy(each -> assertThat(each.cost()).as(each.id())
                        .hasValueSatisfying(cost -> assertThat(cost.amount()).isPositive()));
    }

    @Test
    void pricesAreThoseOfTheList() {
        // 10 pictures of dall-e-2 at 0.016; 4160 tokens of gpt-image-2 at 30 per million, an image at 8, some text at 5
        assertThat(costOf("B/n-10")).isEqualByComparingTo("0.160");
        assertThat(costOf("A/form-sample")).isBetween(new BigDecimal("0.1248"), new BigDecimal("0.1290"));
    }

    private static BigDecimal costOf(String id) {
        return load(Optional.empty()).stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow().cost()
                .orElseThrow().amount();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            name: x, send: {}, expect: {status: 200}, shows: s, expct: {} | case 'x' has no field 'expct'. Known are: name, shows
            name: x, send: {}, expect: {}, shows: s                       | case 'x', 'expect' needs a 'status'
            name: x, send: {}, expect: {status: 99}, shows: s             | case 'x', 'expect' needs a 'status'
            name: x, expect: {status: 200}, shows: s                      | case 'x' needs 'send'
            name: x, send: {}, shows: s                                   | case 'x' needs 'expect'
            name: x, send: {}, expect: {status: 200}                      | case 'x' needs the text 'shows'
            name: x, send: {}, expect: {status: 200}, shows: s, announced: {n: fan-out} | 'announced' needs the text 'model'
            send: {}, expect: {status: 200}, shows: s                     | case 1 needs the text 'name'
            name: x, send: {path: models, key: good}, expect: {status: 200}, shows: s | 'send' has 'good' as 'key'. Known are: right, wrong, none
            name: x, send: {form: [{image: '@no.png'}]}, expect: {status: 400}, shows: s | names the file '@no.png'
            name: x, send: {form: [{n: [1]}]}, expect: {status: 400}, shows: s | 'form' 1 has a list as 'n', which must be a text
            name: x, send: {form: [], json: {}}, expect: {status: 400}, shows: s | has more than one of 'form', 'json' and 'raw'
            name: x, send: {form: [{image: '@square.png'}]}, expect: {status: 200}, shows: s | it must say 'paid: true'
            name: x, paid: true, send: {path: models}, expect: {status: 200}, shows: s | says 'paid: true', but expects no edit to succeed
            name: x, paid: yes!, send: {path: models}, expect: {status: 200}, shows: s | has 'yes!' as 'paid', which must be true or false
            name: x, send: {path: models}, expect: {status: 200, schema: Modle}, shows: s | names the schema 'Modle'
            name: x, send: {path: models}, expect: {status: 200, json: {id: x}}, shows: s | has 'id', which is no JSON pointer
            name: x, send: {path: models}, expect: {status: 200, json: {/id: {matches: '('}}}, shows: s | 'json', '/id' is no regular expression
            name: x, send: {path: models}, expect: {status: 200, json: {/id: {recent: soon}}}, shows: s | which must be a time such as 90s
            name: x, send: {path: models}, expect: {status: 200}, shows: 'a ${word}' | has a '${…}' that its 'each' does not fill
            """)
    void mistakeIsReportedWithItsFileAndCase(String text, String message) throws IOException {
        Files.writeString(folder.resolve("mine.yaml"), "row: mine\ncases:\n  - {" + text + "}\n");
        assertThatThrownBy(() -> load(Optional.of(folder))).isInstanceOf(CaseException.class)
                .hasMessageContaining("mine.yaml, case").hasMessageContaining(message.strip());
    }

    @Test
    void invalidYamlIsReportedWithItsLine() throws IOException {
        Files.writeString(folder.resolve("mine.yaml"), "row: mine\ncases: [\n");
        assertThatThrownBy(() -> load(Optional.of(folder))).isInstanceOf(CaseException.class)
                .hasMessageContaining("mine.yaml, line ").hasMessageContaining("no YAML");
    }

    @Test
    void twoCasesOfOneNameAreAMistake() throws IOException {
        Files.writeString(folder.resolve("mine.yaml"), """
                row: models
                cases:
                  - {name: list, shows: s, send: {path: models}, expect: {status: 200}}
                """);
        assertThatThrownBy(() -> load(Optional.of(folder))).hasMessage(
                "There are two cases 'models/list'. Give one of them another name.");
    }

    @Test
    void aFolderWithoutCasesIsAMistake() {
        assertThatThrownBy(() -> load(Optional.of(folder))).hasMessageContaining("has no .yaml files");
        assertThatThrownBy(() -> load(Optional.of(folder.resolve("nowhere")))).hasMessageContaining("cannot be read");
    }
}
