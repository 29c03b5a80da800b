package dev.retouch.server.billing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.HoldOutcome.ClaimLost;
import dev.retouch.server.billing.HoldOutcome.Duplicate;
import dev.retouch.server.billing.HoldOutcome.Held;
import dev.retouch.server.billing.HoldOutcome.Insufficient;
import dev.retouch.server.billing.HoldOutcome.Overflow;
import dev.retouch.server.database.DirectSql;

/**
 * Writes many holds, many ends, or both with one statement. It calls functions of the database, which lock the edits and budgets in an
 * order, so that statements of several instances do not wait for each other in a circle.
 */
final class PostgresLedgerStatements implements LedgerStatements {

    private static final String HOLD = """
            SELECT outcome, refused_by, balance FROM hold_edits(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ORDER BY item""";
    private static final String END = """
            SELECT outcome, final_cost FROM end_edits(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ORDER BY item""";
    /** The parts of a UNION ALL run in the order in which they are written. */
    private static final String END_AND_HOLD = """
            SELECT 0 AS part, item, outcome, refused_by, amount FROM lock_ledger(?, ?, ?)
            UNION ALL SELECT 1, item, outcome, NULL, final_cost
            FROM end_edits(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            UNION ALL SELECT 2, item, outcome, refused_by, balance
            FROM hold_edits(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ORDER BY part, item""";

    private final Clock clock;
    private final String instance;

    PostgresLedgerStatements(Clock clock, String instance) {
        this.clock = clock;
        this.instance = instance;
    }

    @Override
    public List<HoldOutcome> hold(Handle handle, List<HoldRequest> requests) {
        return DirectSql.query(handle, HOLD, row -> holdOutcome(row, "balance"), holdParameters(requests));
    }

    @Override
    public List<EditEnd.Outcome> end(Handle handle, List<EditEnd> ends) {
        return DirectSql.query(handle, END, row -> endOutcome(row, "final_cost"), endParameters(ends));
    }

    @Override
    public List<LedgerWrite.Outcome> endAndHold(Handle handle, List<EditEnd> ends, List<HoldRequest> requests) {
        if (ends.isEmpty() || requests.isEmpty()) {
            return LedgerStatements.super.endAndHold(handle, ends, requests);
        }
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(texts(Stream.concat(ends.stream(), requests.stream()).toList(), LedgerWrite::editId));
        parameters.add(texts(requests, HoldRequest::keyId));
        parameters.add(texts(requests, HoldRequest::group));
        parameters.addAll(Arrays.asList(endParameters(ends)));
        parameters.addAll(Arrays.asList(holdParameters(requests)));
        return DirectSql.<LedgerWrite.Outcome>query(handle, END_AND_HOLD,
                row -> row.getInt("part") == 1 ? endOutcome(row, "amount") : holdOutcome(row, "amount"),
                parameters.toArray());
    }

    private @Nullable Object[] holdParameters(List<HoldRequest> requests) {
        return new Object[]{texts(requests, HoldRequest::editId), texts(requests, HoldRequest::keyId),
                texts(requests, HoldRequest::group), texts(requests, HoldRequest::model),
                texts(requests, HoldRequest::currency), texts(requests, HoldRequest::priceVersion),
                requests.stream().map(request -> request.free() ? 1 : 0).toArray(Integer[]::new),
                numbers(requests, request -> request.hold().nanos()), numbers(requests, HoldRequest::imagesAsked),
                texts(requests, request -> request.claim() == null ? null : request.claim().account()),
                texts(requests, request -> request.claim() == null ? null : request.claim().idempotencyKey()), instance,
                clock.millis()};
    }

    private @Nullable Object[] endParameters(List<EditEnd> ends) {
        return new Object[]{texts(ends, EditEnd::editId), texts(ends, end -> end.kind().stored()),
                numbers(ends, end -> end.cost().nanos()), numbers(ends, end -> end.delivered().images()),
                numbers(ends, end -> end.delivered().textInputTokens()),
                numbers(ends, end -> end.delivered().cachedTextInputTokens()),
                numbers(ends, end -> end.delivered().imageInputTokens()),
                numbers(ends, end -> end.delivered().cachedImageInputTokens()),
                numbers(ends, end -> end.delivered().outputTokens()),
                numbers(ends, end -> end.delivered().textOutputTokens()), texts(ends, EditEnd::note),
                texts(ends, EditEnd::document), texts(ends, EditEnd::upstreamId),
                texts(ends, PostgresLedgerStatements::earlier), clock.millis()};
    }

    /** The upstreams' ids of earlier attempts with blanks between them; null for none. */
    private static @Nullable String earlier(EditEnd end) {
        return end.earlierUpstreamIds().isEmpty() ? null : String.join(" ", end.earlierUpstreamIds());
    }

    private static HoldOutcome holdOutcome(ResultSet row, String balance) throws SQLException {
        String outcome = row.getString("outcome");
        return switch (outcome) {
            case "held" -> new Held();
            case "insufficient" -> new Insufficient(row.getString("refused_by"), new Money(row.getLong(balance)));
            case "overflow" -> new Overflow(row.getString("refused_by"));
            case "claim_lost" -> new ClaimLost();
            case "duplicate" -> new Duplicate();
            default -> throw new IllegalStateException("unknown outcome of a hold: " + outcome);
        };
    }

    private static EditEnd.Outcome endOutcome(ResultSet row, String cost) throws SQLException {
        return new EditEnd.Outcome(EditEnd.Result.of(row.getString("outcome")), new Money(row.getLong(cost)));
    }

    private static <T> @Nullable String[] texts(List<T> items, Function<T, @Nullable String> text) {
        @Nullable
        String[] texts = new String[items.size()];
        for (int index = 0; index < texts.length; index++) {
            texts[index] = text.apply(items.get(index));
        }
        return texts;
    }

    private static <T> Long[] numbers(List<T> items, ToLongFunction<T> number) {
        return items.stream().map(number::applyAsLong).toArray(Long[]::new);
    }
}
