package dev.retouch.server.api;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.retouch.server.billing.UsageReport.Dimension;
import dev.retouch.server.billing.UsageReport.Row;
import dev.retouch.server.contract.model.UsageRow;

/** Rows of usage as documents, and as a table for spreadsheets (RFC 4180). For the delegate and for the command line. */
public final class UsageTable {

    private static final String NUMBERS = "edits,images,text_input_tokens,image_input_tokens,output_tokens,cost,held,undecided";

    private UsageTable() {}

    /** A row as the contract writes it. */
    public static UsageRow document(Row row) {
        return new UsageRow().day(row.day()).group(row.group()).key(row.keyId()).model(row.model()).edits(row.settled())
                .images(row.images()).textInputTokens(row.textInputTokens()).imageInputTokens(row.imageInputTokens())
                .outputTokens(row.outputTokens()).cost(row.cost().toString()).held(row.heldAmount().toString())
                .undecided(row.undecided());
    }

    /** The total of no edits at all. */
    public static UsageRow nothing() {
        return new UsageRow().edits(0L).images(0L).textInputTokens(0L).imageInputTokens(0L).outputTokens(0L).cost("0")
                .held("0").undecided(0L);
    }

    /** Rows for a spreadsheet, below a line of names. */
    public static String csv(List<Row> rows, Set<Dimension> by) {
        String head = Stream.concat(by.stream().map(UsageDelegate::name), Stream.of(NUMBERS))
                .collect(Collectors.joining(","));
        return Stream.concat(Stream.of(head), rows.stream().map(row -> line(row, by)))
                .map(line -> line + "\r\n").collect(Collectors.joining());
    }

    private static String line(Row row, Set<Dimension> by) {
        Stream<Object> names = by.stream().map(dimension -> Objects.requireNonNullElse(switch (dimension) {
            case DAY -> row.day();
            case GROUP -> row.group();
            case KEY -> row.keyId();
            case MODEL -> row.model();
        }, ""));
        Stream<Object> numbers = Stream.of(row.settled(), row.images(), row.textInputTokens(), row.imageInputTokens(),
                row.outputTokens(), row.cost(), row.heldAmount(), row.undecided());
        // names of groups, keys and models have neither commas nor quotation marks in them
        return Stream.concat(names, numbers).map(String::valueOf).collect(Collectors.joining(","));
    }
}
