package dev.retouch.server.model;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SizeRuleTest {

    private static final SizeRule LISTED = new SizeRule(List.of("256x256", "512x512", "1024x1024"), "1024x1024", null);
    private static final SizeRule FREE = new SizeRule(List.of("auto", "1024x1024"), "auto",
            new SizeRule.Flexible(16, 3840, 3, 655_360, 8_294_400));

    @ParameterizedTest
    @ValueSource(strings = {"256x256", "512x512", "1024x1024"})
    void listedSizesAreTaken(String size) {
        assertThat(LISTED.violation(size)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "", "256X256", " 256x256", "2048x2048", "256x256x256", "1024"})
    void othersAreNot(String size) {
        assertThat(LISTED.violation(size)).hasValue("Supported sizes are: '256x256', '512x512', and '1024x1024'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "1024x1024", "640x1024", "3840x2160", "2160x3840", "1424x480", "2880x2880",
            "800x832", "3840x1280"})
    void freeSizesWithinTheBoundsAreTaken(String size) {
        assertThat(FREE.violation(size)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1000x1024   | Width and height must be multiples of 16.
            1024x1001   | Width and height must be multiples of 16.
            3856x2160   | The longest edge must be at most 3840 pixels.
            2160x3856   | The longest edge must be at most 3840 pixels.
            3840x1264   | The longer edge must be at most 3 times the shorter.
            1264x3840   | The longer edge must be at most 3 times the shorter.
            640x1008    | Width times height must be 655360 to 8294400 pixels.
            3840x2176   | Width times height must be 655360 to 8294400 pixels.
            16x16       | Width times height must be 655360 to 8294400 pixels.
            99984x99984 | The longest edge must be at most 3840 pixels.
            0x1024      | Expected WIDTHxHEIGHT in pixels, or one of 'auto' and '1024x1024'.
            01024x1024  | Expected WIDTHxHEIGHT in pixels, or one of 'auto' and '1024x1024'.
            1024        | Expected WIDTHxHEIGHT in pixels, or one of 'auto' and '1024x1024'.
            1024*1024   | Expected WIDTHxHEIGHT in pixels, or one of 'auto' and '1024x1024'.
            -16x1024    | Expected WIDTHxHEIGHT in pixels, or one of 'auto' and '1024x1024'.
            999999999999x1024 | Expected WIDTHxHEIGHT in pixels, or one of 'auto' and '1024x1024'.
            AUTO        | Expected WIDTHxHEIGHT in pixels, or one of 'auto' and '1024x1024'.
            """)
    void invalidSizesAreRefusedWithAReason(String size, String objection) {
        assertThat(FREE.violation(size)).hasValue(objection);
    }
}
