package dev.retouch.server.key;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.moderation.ModerationPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JsonColumnsTest {

    private static final JsonColumns.Place PLACE = new JsonColumns.Place("caller_groups", "team", "room");
    private static final String DAMAGED = "the row 'team' of the table caller_groups is damaged: its column room: ";

    private final JsonColumns columns = new JsonColumns();

    @Test
    void limitsAreWrittenAsTheApiNamesThem() {
        AdmissionLimits limits = new AdmissionLimits(2, 0, Duration.ofMillis(1500), 60, 90);
        String text = columns.text(limits);

        assertThat(text).isEqualTo("{\"concurrent_edits\":2,\"queue\":0,\"queue_wait_seconds\":1.5,"
                + "\"requests_per_minute\":60,\"images_per_minute\":90}");
        assertThat(columns.limits(PLACE, text)).isEqualTo(limits);
    }

    @Test
    void noLimitIsLeftOut() {
        assertThat(columns.text(AdmissionLimits.NONE)).isEqualTo("{}");
        assertThat(columns.limits(PLACE, "{}")).isEqualTo(AdmissionLimits.NONE);
        assertThat(columns.limits(PLACE, "{\"queue\":null}")).isEqualTo(AdmissionLimits.NONE);
        AdmissionLimits wait = new AdmissionLimits(null, null, Duration.ofHours(1), null, null);
        assertThat(columns.text(wait)).isEqualTo("{\"queue_wait_seconds\":3600}");
        assertThat(columns.limits(PLACE, columns.text(wait))).isEqualTo(wait);
    }

    @Test
    void moderationIsWrittenAsTheApiNamesIt() {
        ModerationPolicy policy = new ModerationPolicy(ModerationPolicy.Mode.BLOCK, ModerationPolicy.OnFailure.OPEN,
                Map.of("violence/graphic", new BigDecimal("0.00000001")));
        String text = columns.text(policy);

        assertThat(text).isEqualTo(
                "{\"mode\":\"block\",\"on_failure\":\"open\",\"thresholds\":{\"violence/graphic\":0.00000001}}");
        assertThat(columns.moderation(PLACE, text)).isEqualTo(policy);
        assertThat(columns.moderation(PLACE, columns.text(ModerationPolicy.OFF))).isEqualTo(ModerationPolicy.OFF);
    }

    @Test
    void listsKeepTheirOrder() {
        assertThat(columns.text(List.of("b", "a"))).isEqualTo("[\"b\",\"a\"]");
        assertThat(columns.names(PLACE, "[\"b\",\"a\"]")).containsExactly("b", "a");
        assertThat(columns.names(PLACE, "[]")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "\"a\"", "[1]", "[null]", "[\"\"]", "[\"a\"", "[\"a\"] []", "[[]]"})
    void refusesDamagedColumns(String text) {
        assertThatThrownBy(() -> columns.names(PLACE, text)).isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(DAMAGED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "5", "{\"concurrent_edit\":1}", "{\"concurrent_edits\":\"1\"}",
            "{\"concurrent_edits\":1.5}", "{\"concurrent_edits\":0}", "{\"queue\":-1}", "{\"queue\":1,\"queue\":2}",
            "{\"queue\":true}", "{\"queue\":99999999999}", "{\"queue_wait_seconds\":\"30\"}",
            "{\"queue_wait_seconds\":1e99}", "{\"queue\":1} {}", "{\"queue\":1"})
    void limitsThatAreNoLimitsAreDamaged(String text) {
        assertThatThrownBy(() -> columns.limits(PLACE, text)).isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(DAMAGED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"null", "[]", "{}", "{\"mode\":\"off\",\"on_failure\":\"closed\"}",
            "{\"mode\":null,\"on_failure\":\"closed\",\"thresholds\":{}}",
            "{\"mode\":\"sometimes\",\"on_failure\":\"closed\",\"thresholds\":{}}",
            "{\"mode\":0,\"on_failure\":\"closed\",\"thresholds\":{}}",
            "{\"mode\":\"off\",\"on_failure\":\"closed\",\"thresholds\":{\"a\":1.1}}",
            "{\"mode\":\"off\",\"on_failure\":\"closed\",\"thresholds\":{\"a\":\"0.5\"}}",
            "{\"mode\":\"off\",\"on_failure\":\"closed\",\"thresholds\":{\"a\":null}}",
            "{\"mode\":\"off\",\"on_failure\":\"closed\",\"thresholds\":{},\"more\":1}"})
    void moderationThatIsNoneIsDamaged(String text) {
        assertThatThrownBy(() -> columns.moderation(PLACE, text)).isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(DAMAGED);
    }
}
