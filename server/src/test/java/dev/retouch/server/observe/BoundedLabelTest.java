package dev.retouch.server.observe;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BoundedLabelTest {

    @Test
    void valuesAboveTheMaximumAreOther() {
        BoundedLabel label = new BoundedLabel(2);
        assertThat(label.of("a")).isEqualTo("a");
        assertThat(label.of("b")).isEqualTo("b");
        assertThat(label.of("c")).isEqualTo("other");
        assertThat(label.of("a")).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource({"auto,auto", "256x256,up-to-1mp", "1024x1024,up-to-1mp", "1024x1536,up-to-2mp", "2048x2048,up-to-4mp",
            "3840x2160,up-to-8mp", "9999x9999,above-8mp", "2K,other", "99999999999x1,other"})
    void sizesHaveFewClasses(String size, String expected) {
        assertThat(SizeClass.of(size)).isEqualTo(expected);
    }
}
