package dev.retouch.server.api;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PreferHeaderTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            respond-async                          | true  | -
            Respond-Async , WAIT=10                | true  | 10
            wait=10;x=y, respond-async; foo="bar"  | true  | 10
            respond-async, wait="10"               | true  | 10
            respond-async, wait=0                  | true  | 0
            respond-async, wait=3, wait=5          | true  | 3
            respond-async, wait=999999             | true  | 600
            respond-async, wait=soon               | true  | -
            respond-async, wait=-1                 | true  | -
            respond-async, wait=99999999999        | true  | -
            respond-async, wait                    | true  | -
            wait=10                                | false | 10
            return=minimal, respond-asynchronously | false | -
            ,,;,=,                                 | false | -
            """)
    void readsKnownPreferencesAndIgnoresOthers(String header, boolean respondAsync, @Nullable Long seconds) {
        assertThat(PreferHeader.of(header)).isEqualTo(
                new PreferHeader(respondAsync, Optional.ofNullable(seconds).map(Duration::ofSeconds)));
    }

    @Test
    void missingHeaderHasNoPreferences() {
        assertThat(PreferHeader.of(null)).isEqualTo(new PreferHeader(false, Optional.empty()));
    }
}
