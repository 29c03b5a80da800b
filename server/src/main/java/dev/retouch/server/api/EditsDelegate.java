package dev.retouch.server.api;

import java.util.Optional;
import java.util.function.BooleanSupplier;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.CorrectionRefusedException;
import dev.retouch.server.billing.CorrectionService;
import dev.retouch.server.billing.EditRepository;
import dev.retouch.server.billing.EditRepository.Filter;
import dev.retouch.server.billing.HoldState;
import dev.retouch.server.billing.Money;
import dev.retouch.server.billing.RequestReusedException;
import dev.retouch.server.contract.EditsApiService;
import dev.retouch.server.contract.model.EditRecordDto;
import dev.retouch.server.contract.model.EditRefund;
import dev.retouch.server.contract.model.EditRelease;
import dev.retouch.server.contract.model.EditSettlement;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.retention.RetainedReader;

/**
 * Implements {@code GET /v1/edits} for the key of the request, and {@code /admin/v1/edits} for all keys, with the decisions of
 * administrators about single edits.
 */
public final class EditsDelegate implements EditsApiService {

    private final EditRepository edits;
    private final CorrectionService corrections;
    private final RetainedReader retained;

    /**
     * Creates the delegate.
     *
     * @param retained what is kept of edits, for administrators only
     */
    public EditsDelegate(EditRepository edits, CorrectionService corrections, RetainedReader retained) {
        this.edits = edits;
        this.corrections = corrections;
        this.retained = retained;
    }

    @Override
    public Response listEdits(@Nullable String model, @Nullable String state, @Nullable String since,
            @Nullable String until, @Nullable String limit, @Nullable String after, ContainerRequestContext request) {
        String key = AuthenticationFilter.principalOf(request).key().rootKeyId();
        return page(new Filter(key, null, ListParameters.given(model), state(state), null, null,
                ListParameters.time("since", since, EditMapper::since),
                ListParameters.time("until", until, EditMapper::until)), limit, after);
    }

    @Override
    public Response listAllEdits(@Nullable String group, @Nullable String key, @Nullable String requestId,
            @Nullable String upstreamId, @Nullable String model, @Nullable String state, @Nullable String since,
            @Nullable String until, @Nullable String limit, @Nullable String after, ContainerRequestContext request) {
        return page(new Filter(ListParameters.given(key), ListParameters.given(group), ListParameters.given(model),
                state(state), ListParameters.given(requestId), ListParameters.given(upstreamId),
                ListParameters.time("since", since, EditMapper::since),
                ListParameters.time("until", until, EditMapper::until)), limit, after);
    }

    @Override
    public Response getEdit(String edit, ContainerRequestContext request) {
        return Response.ok(document(edit)).build();
    }

    @Override
    public Response getThumbnail(String edit, String thumbnail, ContainerRequestContext request) {
        byte[] image = retained.thumbnail(edit, thumbnail).orElseThrow(
                () -> new ApiException(ErrorMessage.FILE_DOES_NOT_EXIST).withArgument("file", thumbnail));
        return Response.ok(image).type("image/jpeg").header("cache-control", "no-store")
                .header("x-content-type-options", "nosniff").build();
    }

    @Override
    public Response settleEdit(String edit, EditSettlement document, @Nullable String idempotencyKey,
            ContainerRequestContext request) {
        Optional<String> id = BookingKeys.of(idempotencyKey);
        EditSettlement given = AdminMapper.given(document);
        Money amount = amount(given.getAmount());
        String note = AdminMapper.note(given.getNote());
        return corrected(edit, () -> corrections.settle(id, edit, amount, note));
    }

    @Override
    public Response releaseEdit(String edit, EditRelease document, @Nullable String idempotencyKey,
            ContainerRequestContext request) {
        Optional<String> id = BookingKeys.of(idempotencyKey);
        String note = AdminMapper.note(AdminMapper.given(document).getNote());
        return corrected(edit, () -> corrections.release(id, edit, note));
    }

    @Override
    public Response refundEdit(String edit, @Nullable String idempotencyKey, EditRefund document,
            ContainerRequestContext request) {
        String id = BookingKeys.required(idempotencyKey);
        EditRefund given = AdminMapper.given(document);
        Money amount = amount(given.getAmount());
        String note = AdminMapper.note(given.getNote());
        return corrected(edit, () -> corrections.refund(id, edit, amount, note));
    }

    private Response corrected(String edit, BooleanSupplier booking) {
        try {
            boolean replayed = booking.getAsBoolean();
            return BookingKeys.marked(Response.ok(document(edit)), replayed).build();
        } catch (CorrectionRefusedException e) {
            throw switch (e.reason()) {
                case UNKNOWN -> unknown(edit);
                case STATE -> new ApiException(ErrorMessage.CHANGE_IS_IN_CONFLICT, "edit").withArgument("reason",
                        String.valueOf(e.getMessage()));
                case AMOUNT -> ListParameters.wrong("amount", String.valueOf(e.getMessage()));
            };
        } catch (RequestReusedException e) {
            throw BookingKeys.reused(e);
        }
    }

    private EditRecordDto document(String edit) {
        return edits.edit(edit)
                .map(found -> EditMapper.edit(found, edits.transactions(edit))
                        .kept(RetentionMapper.kept(edit, retained.record(edit))))
                .orElseThrow(() -> unknown(edit));
    }

    private Response page(Filter filter, @Nullable String limit, @Nullable String after) {
        return edits.page(filter, ListParameters.given(after), ListParameters.limit(limit, ListParameters.LIMIT))
                .map(page -> Response.ok(EditMapper.list(page)).build())
                .orElseThrow(() -> ListParameters.unknownAfter("edit"));
    }

    private static @Nullable Money amount(@Nullable String text) {
        return text == null ? null : AdminMapper.money(text, "amount");
    }

    private static @Nullable HoldState state(@Nullable String text) {
        return ListParameters.choice("state", text, HoldState.values(), HoldState::stored);
    }

    private static ApiException unknown(String edit) {
        return new ApiException(ErrorMessage.EDIT_DOES_NOT_EXIST).withArgument("id", edit);
    }
}
