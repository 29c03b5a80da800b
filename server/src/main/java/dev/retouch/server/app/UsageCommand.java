package dev.retouch.server.app;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import dev.retouch.server.api.UsageTable;
import dev.retouch.server.billing.UsageReport.Dimension;
import dev.retouch.server.billing.UsageReport.Filter;
import dev.retouch.server.billing.UsageReport.Row;
import dev.retouch.server.contract.model.UsageReport;

/** {@code retouch usage}: who has edited how much, and what it has cost. */
@Command(name = "usage", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Report edits and what they have cost.")
final class UsageCommand implements Callable<Integer> {

    private static final int DAYS = 30;

    @Mixin
    private @Nullable DeskOptions options;

    @Option(names = "--start", paramLabel = "DAY", description = "The first day, in UTC. Default: 30 days before the last.")
    private @Nullable String start;

    @Option(names = "--end", paramLabel = "DAY", description = "The last day, in UTC. Default: today.")
    private @Nullable String end;

    @Option(names = "--key", paramLabel = "ID", description = "Only edits of this key.")
    private @Nullable String key;

    @Option(names = "--group", paramLabel = "G", description = "Only edits of this group.")
    private @Nullable String group;

    @Option(names = "--by", paramLabel = "WHAT", split = ",", description = "What edits are put together by: day, group, key, model, or several of them separated by commas. Default: all.")
    private @Nullable List<String> by;

    @Option(names = "--csv", description = "Answer with a table for spreadsheets.")
    private boolean csv;

    /** The days that a report is about, both included. */
    private record Days(LocalDate first, LocalDate last) {

        Filter filter(@Nullable String key, @Nullable String group) {
            return new Filter(key, group, first.atStartOfDay(ZoneOffset.UTC).toInstant(),
                    last.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
        }
    }

    @Override
    public Integer call() {
        Set<Dimension> dimensions = dimensions();
        return Objects.requireNonNull(options).run(desk -> report(desk, days(desk.clock()), dimensions));
    }

    private int report(Desk desk, Days days, Set<Dimension> dimensions) {
        if (csv && desk.isJson()) {
            throw new CommandException("choose one of --csv and --json");
        }
        Filter filter = days.filter(key, group);
        List<Row> rows = desk.storage().usage().usage(filter, dimensions);
        Optional<Row> total = desk.storage().usage().usage(filter, Set.of()).stream().findFirst();
        return desk.answer(() -> new UsageReport()._object(UsageReport.ObjectEnum.USAGE).start(days.first())
                .end(days.last()).currency(desk.currency()).data(rows.stream().map(UsageTable::document).toList())
                .total(total.map(UsageTable::document).orElseGet(UsageTable::nothing)),
                () -> csv ? UsageTable.csv(rows, dimensions) : words(days, rows, total, dimensions, desk.wording()));
    }

    private static String words(Days days, List<Row> rows, Optional<Row> total, Set<Dimension> by, Wording wording) {
        String period = days.first() + " to " + days.last() + " (UTC)";
        if (total.isEmpty()) {
            return "There were no edits from " + period + ".\n";
        }
        TextTable table = new TextTable();
        by.forEach(dimension -> table.words(dimension.name()));
        table.numbers("EDITS").numbers("IMAGES").numbers("TEXT TOKENS").numbers("IMAGE TOKENS")
                .numbers("OUTPUT TOKENS").numbers("COST").numbers("HELD").numbers("UNDECIDED");
        rows.forEach(row -> table.row(Stream.concat(names(row, by), numbers(row, wording)).toList()));
        Stream<String> totalName = Stream.iterate("total", name -> "").limit(by.size());
        table.row(Stream.concat(totalName, numbers(total.get(), wording)).toList());
        return "Edits from " + period + ":\n\n" + table.text();
    }

    private static Stream<String> names(Row row, Set<Dimension> by) {
        return by.stream().map(dimension -> String.valueOf(switch (dimension) {
            case DAY -> row.day();
            case GROUP -> row.group();
            case KEY -> row.keyId();
            case MODEL -> row.model();
        }));
    }

    private static Stream<String> numbers(Row row, Wording wording) {
        return Stream.of(Long.toString(row.settled()), Long.toString(row.images()),
                Long.toString(row.textInputTokens()), Long.toString(row.imageInputTokens()),
                Long.toString(row.outputTokens()), wording.money(row.cost()), wording.money(row.heldAmount()),
                Long.toString(row.undecided()));
    }

    private Days days(Clock clock) {
        LocalDate last = end == null
                ? LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)
                : Values.day("--end", end);
        LocalDate first = start == null ? last.minusDays(DAYS) : Values.day("--start", start);
        if (first.isAfter(last)) {
            throw new CommandException("--start must not be after --end");
        }
        return new Days(first, last);
    }

    private Set<Dimension> dimensions() {
        Set<Dimension> every = EnumSet.allOf(Dimension.class);
        if (by == null) {
            return every;
        }
        return by.stream().map(word -> Values.choice("--by", word, Dimension.class))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Dimension.class)));
    }
}
