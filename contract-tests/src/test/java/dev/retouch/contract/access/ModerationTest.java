package dev.retouch.contract.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioQueue.Waiting;
import dev.retouch.mock.scenario.Script;

import static org.assertj.core.api.Assertions.assertThat;

/** What is flagged is not edited and not charged, and what only looks like it passes. */
@TestInstance(Lifecycle.PER_CLASS)
class ModerationTest {

    private static final String MODERATIONS = "/v1/moderations";
    private static final String BUDGET = "\"budget\":\"1\"";
    private static final String BLOCK = "\"moderation\":{\"mode\":\"block\"}";
    private static final byte[] FORBIDDEN = Contract.example("mask.png");

    private final RunningGateway gateway;
    private final Admin admin;
    private final Contract contract = new Contract();
    private final Path rules;
    private int groups;

    ModerationTest() throws IOException {
        Gateways.ownOnly();
        rules = Files.writeString(Files.createTempFile("rules", ".yaml"), """
                words:
                  - {text: AV, category: adult}
                  - plain word
                patterns:
                  - {pattern: 'ticket-\\d{4}', category: leak}
                images:
                  - {sha256: %s, category: known-image}
                """.formatted(sha256(FORBIDDEN)));
        gateway = RunningGateway.start(
                Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_MODERATION_RULES_FILE", rules.toString()));
        admin = Admin.of(gateway);
    }

    @BeforeEach
    void forget() {
        gateway.sandbox().scenarios().clear();
        gateway.sandbox().journal().clear();
    }

    @AfterAll
    void stop() throws IOException {
        gateway.close();
        Files.delete(rules);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key with a budget of 1, in a group that is moderated like this. */
    private static JsonNode issue(Admin owner, String name, String moderation) {
        owner.group(name, moderation);
        return owner.issue(name, BUDGET);
    }

    private JsonNode issue(String moderation) {
        return issue(admin, "moderated-" + groups++, moderation);
    }

    /** Everything that the moderation service is asked about gets this answer. */
    private void everyVerdict(Scenario scenario) {
        gateway.sandbox().scenarios()
                .add(new Waiting(new Script(List.of(scenario)), Optional.of(MODERATIONS), Optional.empty()));
    }

    private static void flagImage(RunningGateway which, byte[] image, String category) {
        which.sandbox().scenarios().add(new Waiting(
                new Script(List.of(new Scenario.Flag(Optional.empty(), Optional.of(sha256(image)), category))),
                Optional.of(MODERATIONS), Optional.empty()));
    }

    private static long asked(RunningGateway which, String path) {
        return which.sandbox().journal().entries().stream().filter(entry -> entry.path().equals(path)).count();
    }

    private static void assertNothingWasDone(RunningGateway which, Admin owner, JsonNode issued) {
        assertThat(asked(which, "/v1/images/edits")).as("edits at the upstream").isZero();
        JsonNode budget = owner.get("keys/" + issued.path("key").path("id").asText()).json().path("budget");
        assertThat(budget.path("available").asText()).as(budget.toString()).isEqualTo("1");
        assertThat(budget.path("held").asText()).as(budget.toString()).isEqualTo("0");
        assertThat(budget.path("spent").asText()).as(budget.toString()).isEqualTo("0");
    }

    private void assertBlocked(Reply reply, JsonNode issued, String inputs, String categories) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        assertThat(reply.error().path("code").asText()).isEqualTo("moderation_blocked");
        assertThat(reply.error().path("type").asText()).isEqualTo("image_generation_user_error");
        assertThat(reply.error().path("message").asText()).isEqualTo("This request was blocked by moderation. Flagged: "
                + inputs + ". Categories: " + categories + ".");
        assertThat(reply.header("x-should-retry")).contains("false");
        contract.assertValid("ErrorEnvelope", reply.text());
        assertNothingWasDone(gateway, admin, issued);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a cup of java", "a brave knight on the avenue", "plain words", "ticket-12"})
    void passesWordThatContainsAForbiddenWord(String prompt) {
        Reply reply = admin.as(issue(BLOCK)).edit(CheapEdit.form(prompt));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"an AV clip", "av", "\uFF21\uFF36", "A\u200BV!", "(an 'av')"})
    void aForbiddenWordIsBlockedHoweverItIsWritten(String prompt) {
        JsonNode issued = issue(BLOCK);
        assertBlocked(admin.as(issued).edit(CheapEdit.form(prompt)), issued, "prompt", "adult");
        assertThat(asked(gateway, MODERATIONS)).as("questions to the service").isZero();
    }

    @Test
    void reportsAllFindings() {
        JsonNode issued = issue(BLOCK);
        assertBlocked(admin.as(issued).edit(CheapEdit.form("TICKET-1234 on an AV tape")), issued, "prompt",
                "adult, leak");
        assertBlocked(admin.as(issued).edit(edit("the Plain  WORD", Fixtures.image(), FORBIDDEN)), issued,
                "prompt, image[1]", "known-image, words");
    }

    private static Form edit(String prompt, byte[]... images) {
        Form form = Form.empty().text("prompt", prompt).text("quality", "low");
        for (byte[] image : images) {
            form = form.file("image[]", "image.png", "image/png", image);
        }
        return form;
    }

    @Test
    void aFlaggedSecondImageBlocks() {
        byte[] second = Contract.example("input.png");
        flagImage(gateway, second, "sexual");
        JsonNode issued = issue(BLOCK);
        assertBlocked(admin.as(issued).edit(edit("a red balloon", Fixtures.image(), second)), issued, "image[1]",
                "sexual");
        assertThat(asked(gateway, MODERATIONS)).as("the prompt and both images").isEqualTo(3);
        assertThat(admin.as(issued).edit(edit("a red balloon", Fixtures.image(), Fixtures.image())).status())
                .isEqualTo(200);
    }

    @Test
    void aFlaggedMaskBlocks() {
        flagImage(gateway, Fixtures.mask(), "hate");
        JsonNode issued = issue(BLOCK);
        assertBlocked(admin.as(issued).edit(CheapEdit.form()), issued, "mask", "hate");
    }

    @Test
    void aFlaggedPromptBlocksAStreamBeforeItBegins() {
        everyVerdict(new Scenario.Flag(Optional.of("villain"), Optional.empty(), "violence"));
        JsonNode issued = issue(BLOCK);
        assertBlocked(admin.as(issued).edit(edit("a villain", Fixtures.image()).text("stream", "true")), issued,
                "prompt", "violence");
    }

    @Test
    void observeModePassesFlaggedEdits() {
        everyVerdict(Scenario.flagEverything());
        assertThat(admin.as(issue("\"moderation\":{\"mode\":\"observe\"}")).edit(CheapEdit.form("an AV clip"))
                .status()).isEqualTo(200);
    }

    @Test
    void offModeSendsNothingToTheService() {
        everyVerdict(Scenario.flagEverything());
        for (String off : List.of("", "\"moderation\":{\"mode\":\"off\"}")) {
            assertThat(admin.as(issue(off)).edit(CheapEdit.form("an AV clip, flag-me")).status()).isEqualTo(200);
        }
        assertThat(asked(gateway, MODERATIONS)).isZero();
    }

    /** The upstream's moderation scores 0.98 where it flags, and 0.0001 where it does not. */
    @Test
    void thresholdsDecideInPlaceOfTheService() {
        everyVerdict(new Scenario.Flag(Optional.of("villain"), Optional.empty(), "violence"));
        JsonNode tolerant = issue("\"moderation\":{\"mode\":\"block\",\"thresholds\":{\"violence\":0.99}}");
        assertThat(admin.as(tolerant).edit(CheapEdit.form("a villain")).status()).isEqualTo(200);

        gateway.sandbox().journal().clear();
        JsonNode exact = issue("\"moderation\":{\"mode\":\"block\",\"thresholds\":{\"violence\":0.98}}");
        assertBlocked(admin.as(exact).edit(CheapEdit.form("a villain")), exact, "prompt", "violence");
        JsonNode strict = issue("\"moderation\":{\"mode\":\"block\",\"thresholds\":{\"hate\":0.0001}}");
        assertBlocked(admin.as(strict).edit(CheapEdit.form("a rose")), strict, "prompt, image[0], mask", "hate");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 500})
    void aServiceThatFailsIsNoVerdict(int status) {
        everyVerdict(Scenario.status(status));
        assertThat(admin.as(issue("\"moderation\":{\"mode\":\"block\",\"on_failure\":\"open\"}"))
                .edit(CheapEdit.form()).status()).isEqualTo(200);
        gateway.sandbox().journal().clear();
        JsonNode closed = issue(BLOCK);
        assertUnavailable(gateway, admin, closed);
    }

    @Test
    void aServiceThatIsGoneIsNoVerdict() throws IOException {
        try (RunningGateway alone = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                "RETOUCH_MODERATION_URL", "http://127.0.0.1:1/v1", "RETOUCH_MODERATION_RULES_FILE",
                rules.toString()))) {
            Admin owner = Admin.of(alone);
            JsonNode closed = issue(owner, "closed", "\"moderation\":{\"mode\":\"block\",\"on_failure\":\"closed\"}");
            assertUnavailable(alone, owner, closed);
            assertThat(owner.as(closed).edit(CheapEdit.form("an AV clip")).error().path("code").asText())
                    .as("the own rules need nobody").isEqualTo("moderation_blocked");
            assertNothingWasDone(alone, owner, closed);

            JsonNode open = issue(owner, "open", "\"moderation\":{\"mode\":\"block\",\"on_failure\":\"open\"}");
            assertThat(owner.as(open).edit(CheapEdit.form()).status()).isEqualTo(200);
            JsonNode observe = issue(owner, "observe", "\"moderation\":{\"mode\":\"observe\"}");
            assertThat(owner.as(observe).edit(CheapEdit.form()).status()).isEqualTo(200);
        }
    }

    private void assertUnavailable(RunningGateway which, Admin owner, JsonNode issued) {
        Reply reply = owner.as(issued).edit(CheapEdit.form());
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(503);
        assertThat(reply.error().path("code").asText()).isEqualTo("moderation_unavailable");
        assertThat(reply.header("x-should-retry")).contains("true");
        assertThat(reply.header("retry-after")).isPresent();
        contract.assertValid("ErrorEnvelope", reply.text());
        assertNothingWasDone(which, owner, issued);
    }
}
