package dev.retouch.server.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.api.EditMapper;
import dev.retouch.server.billing.CorrectionRefusedException;
import dev.retouch.server.billing.DeliveredUsage;
import dev.retouch.server.billing.EditRepository.Filter;
import dev.retouch.server.billing.EditRepository.Page;
import dev.retouch.server.billing.EditRepository.Posting;
import dev.retouch.server.billing.EditRepository.Transaction;
import dev.retouch.server.billing.HoldState;
import dev.retouch.server.billing.LedgerEdit;
import dev.retouch.server.billing.Money;

/** {@code retouch edits}: lists and shows dispatched edits, and settles, releases and refunds single edits. */
@Command(name = "edits", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "List edits, show what an edit was charged for, and settle, release or refund an edit.")
final class EditsCommand {

    private static final String EDIT_ID = "The edit id: the x-request-id of the request that started it.";
    private static final String NOTE = "Reason, kept in the ledger.";
    private static final String UNKNOWN = "there is no edit %s, or it was not dispatched to an upstream";
    private static final String WHEN = "a day such as 2026-11-24, or a time such as 2026-11-24T18:00:00Z";

    @Command(name = "list", description = "List edits, newest first.")
    int list(@Mixin CommandOptions options,
            @Option(names = "--group", paramLabel = "G", description = "Only edits of this group.") @Nullable String group,
            @Option(names = "--key", paramLabel = "ID", description = "Only edits of this key; the root key id of a rotated key.") @Nullable String key,
            @Option(names = "--upstream-id", paramLabel = "ID", description = "Only edits that an upstream knows by this id: the x-upstream-request-id of a response.") @Nullable String upstreamId,
            @Option(names = "--model", paramLabel = "M", description = "Only edits of this model.") @Nullable String model,
            @Option(names = "--state", paramLabel = "S", description = "Only held, settled, released or undecided edits.") @Nullable String state,
            @Option(names = "--since", paramLabel = "WHEN", description = "Only edits since this time, or since the start of this day in UTC.") @Nullable String since,
            @Option(names = "--until", paramLabel = "WHEN", description = "Only edits before this time, or until the end of this day in UTC.") @Nullable String until,
            @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "The maximum number of edits. Default: ${DEFAULT-VALUE}.") String limit,
            @Option(names = "--after", paramLabel = "ID", description = "Only edits that follow this edit in the list.") @Nullable String after) {
        Filter filter = new Filter(key, group, model,
                state == null ? null : OptionParsers.choice("--state", state, HoldState.class), null, upstreamId,
                time("--since", since, EditMapper::since), time("--until", until, EditMapper::until));
        int number = OptionParsers.whole("--limit", limit, 1);
        return options.run(context -> {
            Page page = context.storage().edits().page(filter, after, number)
                    .orElseThrow(() -> new CommandException("--after: the list has no edit with this id"));
            return context.answer(() -> EditMapper.list(page),
                    () -> page.edits().isEmpty() ? "There are no such edits.\n" : table(page, context.formatter()));
        });
    }

    @Command(name = "show", description = "Show an edit with its tokens, its attempts at upstreams and its transfers in the ledger.")
    int show(@Mixin CommandOptions options,
            @Parameters(paramLabel = "ID", description = EDIT_ID) String id) {
        return options.run(context -> shown(context, id, ""));
    }

    @Command(name = "settle", description = "Charge an undecided edit, whose outcome is unknown, before billing.undecided does.")
    int settle(@Mixin CommandOptions options, @Parameters(paramLabel = "ID", description = EDIT_ID) String id,
            @Option(names = "--amount", paramLabel = "AMOUNT", description = "The cost, at most the hold. Default: the hold.") @Nullable String amount,
            @Option(names = "--note", paramLabel = "TEXT", description = NOTE) @Nullable String note,
            @Mixin RequestIdOption requestId) {
        Money cost = amount == null ? null : OptionParsers.amount("--amount", amount);
        String booking = requestId.value();
        return options.run(context -> corrected(context, id, booking, "Settled", () -> context.corrections()
                .settle(Optional.of(booking), id, cost, Objects.requireNonNullElse(note, ""))));
    }

    @Command(name = "release", description = "Release an undecided edit, so that it costs nothing.")
    int release(@Mixin CommandOptions options, @Parameters(paramLabel = "ID", description = EDIT_ID) String id,
            @Option(names = "--note", paramLabel = "TEXT", description = NOTE) @Nullable String note,
            @Mixin RequestIdOption requestId) {
        String booking = requestId.value();
        return options.run(context -> corrected(context, id, booking, "Released", () -> context.corrections()
                .release(Optional.of(booking), id, Objects.requireNonNullElse(note, ""))));
    }

    @Command(name = "refund", description = "Give the cost of an edit, or a part of it, back to its key and group.")
    int refund(@Mixin CommandOptions options, @Parameters(paramLabel = "ID", description = EDIT_ID) String id,
            @Option(names = "--amount", paramLabel = "AMOUNT", description = "The amount, at most the cost minus earlier refunds. Default: all of that.") @Nullable String amount,
            @Option(names = "--note", paramLabel = "TEXT", description = NOTE) @Nullable String note,
            @Mixin RequestIdOption requestId) {
        Money refund = amount == null ? null : OptionParsers.amount("--amount", amount);
        String booking = requestId.value();
        return options.run(context -> corrected(context, id, booking, "Refunded", () -> context.corrections()
                .refund(booking, id, refund, Objects.requireNonNullElse(note, ""))));
    }

    private static int corrected(CommandContext context, String id, String booking, String done,
            Supplier<Boolean> correction) {
        boolean replayed;
        try {
            replayed = RequestIdOption.booked(context, booking, correction);
        } catch (CorrectionRefusedException e) {
            throw new CommandException(switch (e.reason()) {
                case UNKNOWN -> UNKNOWN.formatted(id);
                case STATE -> String.valueOf(e.getMessage());
                case AMOUNT -> "--amount: " + e.getMessage();
            });
        }
        return shown(context, id, done + " the edit" + (replayed ? ", by an earlier command with this id" : "")
                + ". Id: " + booking + "\n");
    }

    private static int shown(CommandContext context, String id, String before) {
        LedgerEdit edit = context.storage().edits().edit(id)
                .orElseThrow(() -> new CommandException(UNKNOWN.formatted(id)));
        List<Transaction> transactions = context.storage().edits().transactions(id);
        return context.answer(() -> EditMapper.edit(edit, transactions),
                () -> before + properties(edit, context.formatter())
                        + EditReportFormatter.text(EditMapper.report(edit.report()))
                        + postings(transactions, context.formatter()));
    }

    private static @Nullable Instant time(String name, @Nullable String text, Function<String, Instant> parser) {
        try {
            return text == null ? null : parser.apply(text.strip());
        } catch (DateTimeException e) {
            throw new CommandException(name + " must be " + WHEN);
        }
    }

    private static String table(Page page, ConsoleFormatter formatter) {
        TextTable table = new TextTable().leftAligned("TIME").leftAligned("ID").leftAligned("GROUP").leftAligned("KEY")
                .leftAligned("MODEL").leftAligned("STATE").rightAligned("IMAGES").rightAligned("HELD")
                .rightAligned("COST");
        for (LedgerEdit edit : page.edits()) {
            table.row(List.of(formatter.time(edit.created()), edit.id(), edit.group(), edit.keyId(), edit.model(),
                    edit.state().stored(), Long.toString(edit.delivered().images()), formatter.money(edit.held()),
                    formatter.money(edit.cost())));
        }
        String last = page.edits().getLast().id();
        return table.text() + (page.hasMore() ? "\nMore edits follow: --after " + last + "\n" : "");
    }

    private static String properties(LedgerEdit edit, ConsoleFormatter formatter) {
        DeliveredUsage delivered = edit.delivered();
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("id", edit.id());
        lines.put("group", edit.group());
        lines.put("key", edit.keyId());
        lines.put("model", edit.model());
        lines.put("state", edit.state().stored());
        lines.put("note", Objects.requireNonNullElse(edit.note(), ConsoleFormatter.NOTHING));
        lines.put("upstream id", Objects.requireNonNullElse(edit.upstreamId(), ConsoleFormatter.NOTHING));
        lines.put("dispatched", formatter.time(edit.created()));
        lines.put("decided", formatter.time(edit.decided()));
        lines.put("images", delivered.images() + " of " + edit.imagesAsked());
        lines.put("text input tokens",
                delivered.textInputTokens() + " (" + delivered.cachedTextInputTokens() + " cached)");
        lines.put("image input tokens",
                delivered.imageInputTokens() + " (" + delivered.cachedImageInputTokens() + " cached)");
        lines.put("text output tokens", Long.toString(delivered.textOutputTokens()));
        lines.put("image output tokens", Long.toString(delivered.imageOutputTokens()));
        lines.put("price list", edit.priceVersion());
        lines.put("held", formatter.money(edit.held()));
        lines.put("cost", formatter.money(edit.cost()) + (edit.free() ? " (free)" : ""));
        if (!edit.refunded().isZero()) {
            lines.put("refunded", formatter.money(edit.refunded()));
        }
        return TextTable.properties(lines);
    }

    private static String postings(List<Transaction> transactions, ConsoleFormatter formatter) {
        if (transactions.isEmpty()) {
            return "\nThe ledger has no transfers of this edit.\n";
        }
        TextTable table = new TextTable().leftAligned("TIME").leftAligned("TRANSFER").leftAligned("OWNER")
                .leftAligned("ACCOUNT").rightAligned("AMOUNT");
        for (Transaction transaction : transactions) {
            for (Posting posting : transaction.postings()) {
                table.row(List.of(formatter.time(transaction.created()), transaction.kind(), posting.owner(),
                        posting.account(), formatter.money(posting.amount())));
            }
        }
        return "\n" + table.text();
    }
}
