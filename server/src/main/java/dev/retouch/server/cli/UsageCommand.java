package dev.retouch.server.cli;

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

import dev.retouch.server.api.UsageMapper;
import dev.retouch.server.billing.UsageRepository.Dimension;
import dev.retouch.server.billing.UsageRepository.Filter;
import dev.retouch.server.billing.UsageRepository.Row;
import dev.retouch.server.contract.model.UsageReportDto;

/** {@code retouch usage}: reports edits and their cost. */
@Command(name = "usage", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Report edits and their cost.")
final class UsageCommand implements Callable<Integer> {

    private static final int DAYS = 30;

    @Mixin
    private @Nullable CommandOptions options;

    @Option(names = "--start", paramLabel = "DAY", description = "First day, in UTC. Default: 30 days before the last day.")
    private @Nullable String start;

    @Option(names = "--end", paramLabel = "DAY", description = "Last day, in UTC. Default: today.")
    private @Nullable String end;

    @Option(names = "--key", paramLabel = "ID", description = "Only edits of this key.")
    private @Nullable String key;

    @Option(names = "--group", paramLabel = "G", description = "Only edits of this group.")
    private @Nullable String group;

    @Option(names = "--by", paramLabel = "WHAT", split = ",", description = "Group edits by day, group, key, model, or several of them separated by commas. Default: a single total.")
    private @Nullable List<String> by;

    @Option(names = "--csv", description = "Print CSV.")
    private boolean csv;

    /** First and last day of a report, both inclusive. */
    private record Days(LocalDate first, LocalDate last) {

        Filter filter(@Nullable String key, @Nullable String group) {
            return new Filter(key, group, first.atStartOfDay(ZoneOffset.UTC).toInstant(),
                    last.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
        }
    }

    @Override
    public Integer call() {
        Set<Dimension> dimensions = dimensions();
        return Objects.requireNonNull(options).run(context -> report(context, days(context.clock()), dimensions));
    }

    private int report(CommandContext context, Days days, Set<Dimension> dimensions) {
        if (csv && context.isJson()) {
            throw new CommandException("choose one of --csv and --json");
        }
        Filter filter = days.filter(key, group);
        List<Row> rows = context.storage().usage().usage(filter, dimensions);
        Optional<Row> total = context.storage().usage().usage(filter, Set.of()).stream().findFirst();
        return context.answer(() -> new UsageReportDto()._object(UsageReportDto.ObjectEnum.USAGE).start(days.first())
                .end(days.last()).currency(context.currency()).data(rows.stream().map(UsageMapper::document).toList())
                .total(total.map(UsageMapper::document).orElseGet(UsageMapper::nothing)),
                () -> csv
                        ? UsageMapper.csv(rows, dimensions)
                        : text(days, rows, total, dimensions, context.formatter()));
    }

    private static String text(Days days, List<Row> rows, Optional<Row> total, Set<Dimension> by,
            ConsoleFormatter formatter) {
        String period = days.first() + " to " + days.last() + " (UTC)";
        if (total.isEmpty()) {
            return "There were no edits from " + period + ".\n";
        }
        TextTable table = new TextTable();
        by.forEach(dimension -> table.leftAligned(dimension.name()));
        table.rightAligned("EDITS").rightAligned("IMAGES").rightAligned("TEXT TOKENS").rightAligned("IMAGE TOKENS")
                .rightAligned("OUTPUT TOKENS").rightAligned("COST").rightAligned("HELD").rightAligned("UNDECIDED");
        rows.forEach(row -> table.row(Stream.concat(names(row, by), numbers(row, formatter)).toList()));
        Stream<String> totalName = Stream.iterate("total", name -> "").limit(by.size());
        table.row(Stream.concat(totalName, numbers(total.get(), formatter)).toList());
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

    private static Stream<String> numbers(Row row, ConsoleFormatter formatter) {
        return Stream.of(Long.toString(row.settled()), Long.toString(row.images()),
                Long.toString(row.textInputTokens()), Long.toString(row.imageInputTokens()),
                Long.toString(row.outputTokens()), formatter.money(row.cost()), formatter.money(row.heldAmount()),
                Long.toString(row.undecided()));
    }

    private Days days(Clock clock) {
        LocalDate last = end == null
                ? LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)
                : OptionParsers.day("--end", end);
        LocalDate first = start == null ? last.minusDays(DAYS) : OptionParsers.day("--start", start);
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
        return by.stream().map(word -> OptionParsers.choice("--by", word, Dimension.class))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Dimension.class)));
    }
}
