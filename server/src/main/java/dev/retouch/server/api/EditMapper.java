package dev.retouch.server.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.EditRepository.Page;
import dev.retouch.server.billing.EditRepository.Transaction;
import dev.retouch.server.billing.LedgerEdit;
import dev.retouch.server.billing.TransferRepository;
import dev.retouch.server.contract.model.EditList;
import dev.retouch.server.contract.model.EditRecordDto;
import dev.retouch.server.contract.model.EditReport;
import dev.retouch.server.contract.model.LedgerPosting;
import dev.retouch.server.contract.model.LedgerTransfer;

/** Maps edits to models of the contract, and parses the values that select them, for the delegate and the command line. */
public final class EditMapper {

    private static final int DAY_LENGTH = "2026-11-24".length();

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private EditMapper() {}

    /** Returns a page of edits as a model of the contract. */
    public static EditList list(Page page) {
        return new EditList()._object(EditList.ObjectEnum.LIST)
                .data(page.edits().stream().map(EditMapper::edit).toList())
                .hasMore(page.hasMore());
    }

    /** Returns an edit with its transactions as a model of the contract. */
    public static EditRecordDto edit(LedgerEdit edit, List<Transaction> transactions) {
        return edit(edit).transfers(transactions.stream().map(EditMapper::transfer).toList())
                .report(report(edit.report()));
    }

    /** Parses how an edit ran; null stays null. */
    public static @Nullable EditReport report(@Nullable String json) {
        try {
            return json == null ? null : MAPPER.readValue(json, EditReport.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot read how an edit ran", e);
        }
    }

    private static EditRecordDto edit(LedgerEdit edit) {
        Instant decided = edit.decided();
        return new EditRecordDto().id(edit.id())._object(EditRecordDto.ObjectEnum.IMAGE_EDIT).group(edit.group())
                .key(edit.keyId()).model(edit.model())
                .state(EditRecordDto.StateEnum.fromValue(edit.state().stored())).imagesAsked(edit.imagesAsked())
                .imagesDelivered(edit.delivered().images()).tokens(UsageMapper.tokens(edit.delivered()))
                .currency(edit.currency()).priceVersion(edit.priceVersion()).held(edit.held().toString())
                .settled(edit.cost().toString()).refunded(edit.refunded().toString()).note(edit.note())
                .upstreamRequestId(edit.upstreamId())
                .createdAt(edit.created().getEpochSecond())
                .decidedAt(decided == null ? null : decided.getEpochSecond());
    }

    private static LedgerTransfer transfer(Transaction transaction) {
        return new LedgerTransfer().id(transaction.id()).kind(LedgerTransfer.KindEnum.fromValue(transaction.kind()))
                .note(transaction.note()).createdAt(transaction.created().getEpochSecond())
                .postings(transaction.postings().stream()
                        .map(posting -> new LedgerPosting().owner(posting.owner())
                                .account(LedgerPosting.AccountEnum.fromValue(posting.account()))
                                .amount(posting.amount().toString()))
                        .toList());
    }

    /** Returns a transaction of the ledger with its edit as a model of the contract. */
    static LedgerTransfer transfer(TransferRepository.Entry entry) {
        return transfer(entry.transaction()).edit(entry.editId());
    }

    /**
     * Parses the first moment of a period: a time, or a day in UTC, whose start counts.
     *
     * @throws DateTimeException if the text is neither
     */
    public static Instant since(String text) {
        return text.length() > DAY_LENGTH ? time(text) : startOf(LocalDate.parse(text));
    }

    /**
     * Parses the moment at which a period ends: a time, or a day in UTC, whose end counts.
     *
     * @throws DateTimeException if the text is neither
     */
    public static Instant until(String text) {
        return text.length() > DAY_LENGTH ? time(text) : startOf(LocalDate.parse(text).plusDays(1));
    }

    private static Instant time(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static Instant startOf(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
