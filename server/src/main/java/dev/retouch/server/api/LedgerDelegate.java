package dev.retouch.server.api;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.LedgerVerifier.Report;
import dev.retouch.server.billing.TransferRepository;
import dev.retouch.server.billing.TransferRepository.Filter;
import dev.retouch.server.billing.VerificationService;
import dev.retouch.server.billing.VerificationService.Verification;
import dev.retouch.server.contract.LedgerApiService;
import dev.retouch.server.contract.model.LedgerTransferList;
import dev.retouch.server.contract.model.LedgerVerification;
import dev.retouch.server.error.ApiException;

/** Implements {@code /admin/v1/ledger}: the transfers, and the verification of all of them. */
public final class LedgerDelegate implements LedgerApiService {

    private final TransferRepository transfers;
    private final VerificationService verifications;

    public LedgerDelegate(TransferRepository transfers, VerificationService verifications) {
        this.transfers = transfers;
        this.verifications = verifications;
    }

    @Override
    public Response listTransfers(@Nullable String owner, @Nullable String requestId, @Nullable String kind,
            @Nullable String since, @Nullable String until, @Nullable String limit, @Nullable String after,
            ContainerRequestContext request) {
        Filter filter = new Filter(ListParameters.given(owner), ListParameters.given(requestId), kind(kind),
                ListParameters.time("since", since, EditMapper::since),
                ListParameters.time("until", until, EditMapper::until));
        return transfers.page(filter, number(after), ListParameters.limit(limit, ListParameters.LIMIT))
                .map(page -> Response.ok(new LedgerTransferList()._object(LedgerTransferList.ObjectEnum.LIST)
                        .data(page.transfers().stream().map(EditMapper::transfer).toList()).hasMore(page.hasMore()))
                        .build())
                .orElseThrow(() -> ListParameters.unknownAfter("transfer"));
    }

    @Override
    public Response getVerification(ContainerRequestContext request) {
        return Response.ok(document(verifications.last())).build();
    }

    @Override
    public Response startVerification(@Nullable String all, ContainerRequestContext request) {
        return Response.ok(document(verifications.start(flag("all", all)))).build();
    }

    private static boolean flag(String name, @Nullable String text) {
        String given = ListParameters.given(text);
        if (given != null && !given.equals("true") && !given.equals("false")) {
            throw ListParameters.wrong(name, "it must be true or false");
        }
        return "true".equals(given);
    }

    private static LedgerVerification document(Verification verification) {
        Report report = verification.report();
        LedgerVerification document = new LedgerVerification()
                ._object(LedgerVerification.ObjectEnum.LEDGER_VERIFICATION)
                .state(verification.state().name().toLowerCase(Locale.ROOT))
                .startedAt(seconds(verification.started())).finishedAt(seconds(verification.finished()))
                .findings(report == null ? List.of() : report.findings());
        return report == null
                ? document
                : document.after(report.after() == null ? null : Long.toString(report.after()))
                        .transactions(report.transactions()).entries(report.entries()).edits(report.edits());
    }

    private static @Nullable String kind(@Nullable String text) {
        String given = ListParameters.given(text);
        if (given != null && !TransferRepository.kinds().contains(given)) {
            throw ListParameters.wrong("kind", "it must be one of " + String.join(", ", TransferRepository.kinds()));
        }
        return given;
    }

    private static @Nullable Long number(@Nullable String after) {
        String given = ListParameters.given(after);
        try {
            return given == null ? null : Long.valueOf(given);
        } catch (NumberFormatException e) {
            throw unknown();
        }
    }

    private static ApiException unknown() {
        return ListParameters.unknownAfter("transfer");
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }
}
