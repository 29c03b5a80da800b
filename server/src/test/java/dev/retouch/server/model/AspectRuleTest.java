package dev.retouch.server.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AspectRuleTest {

    private static final AspectRule RULE = new AspectRule(List.of("1:1", "2:3", "3:2", "16:9", "9:16", "21:9"),
            resolutions());

    private static Map<String, Long> resolutions() {
        Map<String, Long> resolutions = new LinkedHashMap<>();
        resolutions.put("1K", 1L << 20);
        resolutions.put("2K", 1L << 22);
        resolutions.put("4K", 1L << 24);
        return resolutions;
    }

    @ParameterizedTest
    @CsvSource({"1024x1024, 1:1, 1K", "1024x1536, 2:3, 2K", "1536x1024, 3:2, 2K", "1920x1080, 16:9, 2K",
            "1280x720, 16:9, 1K", "3000x1000, 21:9, 2K", "4096x4096, 1:1, 4K", "8000x8000, 1:1, 4K", "16x16, 1:1, 1K"})
    void nearestShapeHasAtLeastThePixels(String size, String ratio, String resolution) {
        assertThat(RULE.nearest(PixelSize.parse(size))).isEqualTo(new AspectRule.Shape(ratio, resolution));
    }

    @Test
    void rejectsRulesThatCannotBe() {
        assertThatThrownBy(() -> new AspectRule(List.of(), Map.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AspectRule(List.of("wide"), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        Map<String, Long> descending = new LinkedHashMap<>();
        descending.put("2K", 4L);
        descending.put("1K", 1L);
        assertThatThrownBy(() -> new AspectRule(List.of("1:1"), descending))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
