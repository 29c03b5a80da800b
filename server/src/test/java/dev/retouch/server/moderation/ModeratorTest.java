package dev.retouch.server.moderation;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.moderation.ModerationImage.Held;
import dev.retouch.server.moderation.ModerationImage.Linked;
import dev.retouch.server.moderation.ModerationPolicy.Mode;
import dev.retouch.server.moderation.ModerationPolicy.OnFailure;
import dev.retouch.server.settings.SettingsFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Policies, rules and the service together. */
@Timeout(60)
class ModeratorTest {

    private static final ModerationPolicy BLOCK = policy(Mode.BLOCK, OnFailure.CLOSED);
    private static final ModerationPolicy OBSERVE = policy(Mode.OBSERVE, OnFailure.CLOSED);

    private final Path folder;
    private final MockUpstream provider;
    private final ModerationClient service;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<ModerationImage> images = new ArrayList<>();

    ModeratorTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.provider = MockUpstream.start(MockOptions.defaults().withFolder(folder));
        this.service = new ModerationClient(provider.baseUrl(), "sk-any", "omni-moderation-latest",
                new ModerationClientSettings(Duration.ofSeconds(5), Duration.ofSeconds(30), 4));
        images.add(image(0, Pictures.png(8, 8), ImageFormat.PNG));
        images.add(image(1, Pictures.jpeg(8, 8), ImageFormat.JPEG));
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Moderator.class);
    }

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stop() {
        logger().detachAppender(log);
        service.close();
        provider.close();
    }

    private Held image(int index, byte[] bytes, ImageFormat format) throws IOException {
        Spool.Writer writer = new Spool(folder.resolve("spool"), 100_000).newWriter();
        writer.write(bytes);
        return new Held("image[" + index + "]", writer.finish(), format);
    }

    private static ModerationPolicy policy(Mode mode, OnFailure onFailure) {
        return new ModerationPolicy(mode, onFailure, Map.of());
    }

    private static LocalRules rules(String text) {
        return new RuleFileReader(SettingsFile.read("rules.yaml", text.getBytes(StandardCharsets.UTF_8))).rules();
    }

    private Moderator moderator(LocalRules rules) {
        return new Moderator(rules, Optional.of(service));
    }

    private Verdict check(String prompt, ModerationPolicy policy) {
        return moderator(LocalRules.none()).check(prompt, images, policy, "req_1");
    }

    private static Verdict blocked(ThrowingCallable check) {
        return Objects.requireNonNull(catchThrowableOfType(ModerationBlockedException.class, check)).verdict();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private void flagSecondImage() throws Exception {
        provider.scenarios().always(new Scenario.Flag(Optional.empty(), Optional.of(sha256(Pictures.jpeg(8, 8))),
                "sexual"));
    }

    private List<String> logged() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void sendsNothingIfModerationIsOff() {
        LocalRules rules = rules("words: [flag-me]");
        assertThat(moderator(rules).check("flag-me", images, ModerationPolicy.OFF, "req_1").flagged()).isFalse();
        assertThat(provider.journal().entries()).isEmpty();
    }

    @Test
    void thePromptAndEveryImageAreAskedAboutOnce() {
        images.add(new Linked("image[2]", "https://images.example/a.png"));
        assertThat(check("a rose", BLOCK)).isEqualTo(Verdict.CLEAN);

        List<JsonNode> inputs = provider.journal().entries().stream().map(entry -> entry.json().orElseThrow())
                .map(json -> json.path("input")).toList();
        assertThat(inputs).hasSize(4).allMatch(input -> input.size() == 1);
        assertThat(inputs.stream().map(JsonNode::toString)).satisfiesExactlyInAnyOrder(
                prompt -> assertThat(prompt).isEqualTo("[{\"type\":\"text\",\"text\":\"a rose\"}]"),
                png -> assertThat(png).contains("\"url\":\"data:image/png;base64,("),
                jpeg -> assertThat(jpeg).contains("\"url\":\"data:image/jpeg;base64,("),
                linked -> assertThat(linked).contains("\"url\":\"https://images.example/a.png\""));
        assertThat(logged()).isEmpty();
    }

    @Test
    void anEmptyPromptIsNoQuestion() {
        assertThat(check(" ", BLOCK).flagged()).isFalse();
        assertThat(provider.journal().entries()).hasSize(2);
    }

    @Test
    void aFlaggedSecondImageBlocks() throws Exception {
        flagSecondImage();
        Verdict verdict = blocked(() -> check("a rose", BLOCK));
        assertThat(verdict.categories()).containsExactly("sexual");
        assertThat(verdict.inputs()).containsExactly("image[1]");
        assertThat(logged()).singleElement().asString()
                .startsWith("moderation flagged categories=\"[sexual]\" inputs=\"[image[1]]\" request=req_1");
    }

    @Test
    void aVerdictNamesEverythingInItsOrder() throws Exception {
        flagSecondImage();
        Verdict verdict = blocked(() -> check("flag-me", BLOCK));
        assertThat(verdict.categories()).containsExactly("sexual", "violence");
        assertThat(verdict.inputs()).containsExactly("prompt", "image[1]");
    }

    @Test
    void observingLogsAndPasses() throws Exception {
        flagSecondImage();
        LocalRules rules = rules("words: [rose]");
        Verdict verdict = moderator(rules).check("a rose", images, OBSERVE, "req_7");
        assertThat(verdict.inputs()).containsExactly("prompt", "image[1]");
        assertThat(verdict.categories()).containsExactly("sexual", "words");
        assertThat(logged()).singleElement().asString().startsWith(
                "moderation flagged categories=\"[sexual, words]\" inputs=\"[prompt, image[1]]\" request=req_7")
                .doesNotContain("rose");
    }

    @Test
    void whereTheRulesBlockTheServiceIsNotAsked() throws Exception {
        LocalRules rules = rules(
                "words: [gun]\nimages: [{sha256: " + sha256(Pictures.png(8, 8)) + ", category: logo}]");
        Verdict verdict = blocked(() -> moderator(rules).check("a gun", images, BLOCK, "req_1"));
        assertThat(verdict.categories()).containsExactly("logo", "words");
        assertThat(verdict.inputs()).containsExactly("prompt", "image[0]");
        assertThat(provider.journal().entries()).isEmpty();
    }

    @Test
    void theRulesAreEnoughWithoutAService() {
        Moderator alone = new Moderator(rules("patterns: ['g[u]+n']"), Optional.empty());
        assertThat(blocked(() -> alone.check("a guun", images, BLOCK, "req_1")).categories())
                .containsExactly("patterns");
        assertThat(alone.check("a rose", images, BLOCK, "req_1")).isEqualTo(Verdict.CLEAN);
    }

    /** The provider scores what it flags with 0.98, and everything else with 0.0001. */
    @ParameterizedTest
    @CsvSource({"flag-me,violence,0.98,violence", "flag-me,violence,0.981,''", "flag-me,violence,0,violence",
            "flag-me,hate,0.5,violence", "flag-me,unheard-of,0,violence", "a rose,hate,0.0001,hate",
            "a rose,hate,0.00011,''", "a rose,hate,1,''"})
    void aThresholdDecidesInThePlaceOfTheService(String prompt, String category, BigDecimal threshold, String found) {
        images.clear();
        ModerationPolicy policy = new ModerationPolicy(Mode.OBSERVE, OnFailure.OPEN, Map.of(category, threshold));
        assertThat(String.join(",", check(prompt, policy).categories())).isEqualTo(found);
    }

    @Test
    void aDeadServiceFollowsThePolicy() {
        provider.scenarios().always(Scenario.status(503));

        ModerationUnavailableException failure = catchThrowableOfType(ModerationUnavailableException.class,
                () -> check("a rose", BLOCK));
        assertThat(failure).hasMessage("moderation did not answer: it answered 503");
        for (ModerationPolicy lenient : List.of(OBSERVE, policy(Mode.BLOCK, OnFailure.OPEN),
                policy(Mode.OBSERVE, OnFailure.OPEN))) {
            assertThat(check("a rose", lenient)).isEqualTo(Verdict.CLEAN);
        }
        assertThat(logged()).hasSize(4).allMatch(line -> line.startsWith("moderation failed reason=\"it "
                + "answered 503\" inputs=\"[prompt, image[0], image[1]]\" mode=") && line.endsWith("request=req_1"));
    }

    @Test
    void oneMissingAnswerIsAFailure() {
        provider.scenarios().next(Scenario.status(500));
        assertThat(catchThrowableOfType(ModerationUnavailableException.class, () -> check("a rose", BLOCK)))
                .hasMessage("moderation did not answer: it answered 500");
        assertThat(logged()).hasSize(1);
    }

    /** A client whose edit is rejected permanently must not be asked to retry. */
    @Test
    void oneMissingAnswerDoesNotHideAFlag() {
        provider.scenarios().next(Scenario.status(500));
        provider.scenarios().always(Scenario.flagEverything());
        assertThat(blocked(() -> check("a rose", BLOCK)).inputs()).hasSize(2);
        assertThat(logged()).hasSize(2);
    }

    @Test
    void reportsRuleMatchesIfTheServiceFails() {
        provider.scenarios().always(Scenario.status(500));
        assertThat(moderator(rules("words: [rose]")).check("a rose", images, OBSERVE, "req_1").inputs())
                .containsExactly("prompt");
    }
}
