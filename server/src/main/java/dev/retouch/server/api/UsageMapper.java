package dev.retouch.server.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.retouch.server.billing.DeliveredUsage;
import dev.retouch.server.billing.LedgerEdit;
import dev.retouch.server.billing.UsageRepository.Dimension;
import dev.retouch.server.billing.UsageRepository.Row;
import dev.retouch.server.contract.model.EditUsage;
import dev.retouch.server.contract.model.TokensByKind;
import dev.retouch.server.contract.model.UsageRow;

/** Maps rows of usage to models of the contract and to CSV (RFC 4180), for the delegate and the command line. */
public final class UsageMapper {

    private static final String NUMBERS = "edits,images,text_input_tokens,image_input_tokens,output_tokens,cost,held,undecided,"
            + "cached_text_input_tokens,cached_image_input_tokens,text_output_tokens,refunded";

    private UsageMapper() {}

    /** Returns a row as a model of the contract. */
    public static UsageRow document(Row row) {
        return new UsageRow().day(row.day()).group(row.group()).key(row.keyId()).model(row.model()).edits(row.settled())
                .images(row.images()).textInputTokens(row.textInputTokens()).imageInputTokens(row.imageInputTokens())
                .outputTokens(row.outputTokens()).cost(row.cost().toString()).held(row.heldAmount().toString())
                .undecided(row.undecided()).cachedTextInputTokens(row.cachedTextInputTokens())
                .cachedImageInputTokens(row.cachedImageInputTokens()).textOutputTokens(row.textOutputTokens())
                .refunded(row.refunded().toString());
    }

    /** One edit as the contract writes it. */
    public static EditUsage document(LedgerEdit edit) {
        DeliveredUsage delivered = edit.delivered();
        Instant decided = edit.decided();
        return new EditUsage().requestId(edit.id()).model(edit.model())
                .state(EditUsage.StateEnum.fromValue(edit.state().stored()))
                .imagesAsked(edit.imagesAsked()).imagesDelivered(delivered.images())
                .tokens(tokens(delivered))
                .currency(edit.currency()).priceVersion(edit.priceVersion()).held(edit.held().toString())
                .settled(edit.cost().toString()).refunded(edit.refunded().toString()).note(edit.note())
                .createdAt(edit.created().getEpochSecond())
                .decidedAt(decided == null ? null : decided.getEpochSecond());
    }

    /** Returns tokens as a model of the contract. */
    static TokensByKind tokens(DeliveredUsage delivered) {
        return new TokensByKind().textInput(delivered.textInputTokens())
                .cachedTextInput(delivered.cachedTextInputTokens()).imageInput(delivered.imageInputTokens())
                .cachedImageInput(delivered.cachedImageInputTokens()).textOutput(delivered.textOutputTokens())
                .imageOutput(delivered.imageOutputTokens());
    }

    /** Returns the total of no edits. */
    public static UsageRow nothing() {
        return new UsageRow().edits(0L).images(0L).textInputTokens(0L).imageInputTokens(0L).outputTokens(0L).cost("0")
                .held("0").undecided(0L).cachedTextInputTokens(0L).cachedImageInputTokens(0L).textOutputTokens(0L)
                .refunded("0");
    }

    /** Returns rows as CSV with a header line. */
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
                row.outputTokens(), row.cost(), row.heldAmount(), row.undecided(), row.cachedTextInputTokens(),
                row.cachedImageInputTokens(), row.textOutputTokens(), row.refunded());
        // names of groups, keys and models contain neither commas nor quotation marks
        return Stream.concat(names, numbers).map(String::valueOf).collect(Collectors.joining(","));
    }
}
