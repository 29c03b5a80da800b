package dev.retouch.contract.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs every case against the mock upstream alone, which is as strict as OpenAI. Expected differences and their reasons
 * are in {@code mock-upstream.yaml}. Leaves {@code target/conformance/mock-upstream/report.html} and
 * {@code report.json}.
 */
class MockUpstreamTest {

    private static final String KEY = "sk-mock-3f9c2a7d41b84e0f";

    @Test
    void strictnessIsWhatDiffers() throws IOException {
        Map<String, String> reasons = reasons();
        try (MockUpstream mock = MockUpstream.start(MockOptions.defaults().withKey(KEY))) {
            Ran ran = Ran.at(Path.of("target", "conformance", "mock-upstream"), KEY, "--base-url",
                    mock.baseUrl().toString(), "--paid");

            assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
            assertThat(ran.ended("differs")).as("what differs, against mock-upstream.yaml")
                    .containsExactlyInAnyOrderElementsOf(reasons.keySet());
            assertThat(ran.html()).contains("case differs\" open>").contains("Duplicate parameter: &#39;image&#39;.")
                    .doesNotContain(KEY);
        }
        assertThat(reasons.values()).allSatisfy(reason -> assertThat(reason).isNotBlank());
    }

    /** Grouped by reason in the file, because one reason has many cases. */
    private static Map<String, String> reasons() throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        try (InputStream in = MockUpstreamTest.class.getResourceAsStream("mock-upstream.yaml")) {
            new YAMLMapper().readValue(in, new TypeReference<Map<String, java.util.List<String>>>() {
            }).forEach((reason, cases) -> cases.forEach(id -> assertThat(reasons.put(id, reason)).as(id).isNull()));
        }
        return reasons;
    }
}
