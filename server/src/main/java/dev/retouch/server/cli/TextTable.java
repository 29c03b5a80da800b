package dev.retouch.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;

/** A table with aligned columns below a header. Cells are never truncated. */
final class TextTable {

    private static final String GAP = "  ";

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    private record Column(String head, boolean right) {}

    /** Adds a left-aligned column. */
    TextTable leftAligned(String head) {
        columns.add(new Column(head, false));
        return this;
    }

    /** Adds a right-aligned column. */
    TextTable rightAligned(String head) {
        columns.add(new Column(head, true));
        return this;
    }

    /** Adds a row with a cell for each column. */
    void row(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException("a row must have a cell for each column");
        }
        rows.add(List.copyOf(cells));
    }

    /** Returns all lines with line ends. */
    String text() {
        List<String> heads = columns.stream().map(Column::head).toList();
        List<Integer> widths = IntStream.range(0, columns.size())
                .mapToObj(index -> Stream.concat(Stream.of(heads), rows.stream())
                        .mapToInt(row -> width(row.get(index))).max().orElse(0))
                .toList();
        return Stream.concat(Stream.of(heads), rows.stream()).map(row -> line(row, widths) + "\n")
                .collect(Collectors.joining());
    }

    /** Formats properties, a line for each. */
    static String properties(Map<String, String> properties) {
        int widest = properties.keySet().stream().mapToInt(TextTable::width).max().orElse(0);
        return properties.entrySet().stream()
                .map(each -> (each.getKey() + blank(widest - width(each.getKey())) + GAP + each.getValue())
                        .stripTrailing() + "\n")
                .collect(Collectors.joining());
    }

    private String line(List<String> row, List<Integer> widths) {
        return IntStream.range(0, row.size()).mapToObj(index -> {
            String blank = blank(widths.get(index) - width(row.get(index)));
            return columns.get(index).right() ? blank + row.get(index) : row.get(index) + blank;
        }).collect(Collectors.joining(GAP)).stripTrailing();
    }

    private static String blank(int width) {
        return " ".repeat(width);
    }

    /** Returns the width of a text on a terminal: Chinese characters take two columns, combining characters none. */
    private static int width(String text) {
        return text.codePoints().map(TextTable::width).sum();
    }

    private static int width(int character) {
        return switch (UCharacter.getType(character)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> switch (UCharacter.getIntPropertyValue(character, UProperty.EAST_ASIAN_WIDTH)) {
                case UCharacter.EastAsianWidth.WIDE, UCharacter.EastAsianWidth.FULLWIDTH -> 2;
                default -> 1;
            };
        };
    }
}
