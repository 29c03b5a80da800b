package dev.retouch.server.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TextTableTest {

    @Test
    void wordsBeginInLineAndNumbersEndInLine() {
        TextTable table = new TextTable().leftAligned("NAME").rightAligned("SPENT").leftAligned("NOTE");
        table.row(List.of("a", "12.50 USD", ""));
        table.row(List.of("a-longer-one", "1.00 USD", "x"));

        assertThat(table.text().lines()).containsExactly(
                "NAME              SPENT  NOTE",
                "a             12.50 USD",
                "a-longer-one   1.00 USD  x");
    }

    /** A terminal shows a Chinese character in two columns and a combining accent in none. */
    @Test
    void widthIsWhatATerminalMakesOfIt() {
        TextTable table = new TextTable().leftAligned("LABEL").leftAligned("ID");
        table.row(List.of("图像笔记", "1"));
        table.row(List.of("e\u0301te\u0301", "2"));

        assertThat(table.text().lines()).containsExactly("LABEL     ID", "图像笔记  1", "e\u0301te\u0301       2");
    }

    @Test
    void doesNotTruncateCells() {
        TextTable table = new TextTable().leftAligned("LABEL");
        table.row(List.of("x".repeat(500)));
        assertThat(table.text()).contains("x".repeat(500));
    }

    @Test
    void propertiesStandInLine() {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("id", "key_1");
        lines.put("expires", "never");
        assertThat(TextTable.properties(lines)).isEqualTo("id       key_1\nexpires  never\n");
    }

    @Test
    void aRowMustBeWhole() {
        TextTable table = new TextTable().leftAligned("ONE").leftAligned("TWO");
        assertThatThrownBy(() -> table.row(List.of("1"))).isInstanceOf(IllegalArgumentException.class);
    }
}
