package dev.retouch.server.edit;

import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Names that a client chose fit into the headers of its response. */
class DroppedNamesTest {

    @Test
    void namesAreListed() {
        assertThat(DroppedNames.header(List.of("seed", "style"))).isEqualTo("seed, style");
    }

    @Test
    void longAndManyNamesAreCut() {
        String header = DroppedNames.header(Collections.nCopies(64, "a".repeat(3000)));
        assertThat(header).hasSizeLessThan(1100).endsWith("...");
    }

    @Test
    void otherCharactersAreReplaced() {
        assertThat(DroppedNames.header(List.of("größe", "a\r\nx: y", "a,b"))).isEqualTo("gr??e, a??x:?y, a?b");
    }
}
