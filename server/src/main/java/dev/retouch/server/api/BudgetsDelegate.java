package dev.retouch.server.api;

import java.util.Optional;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.BudgetOwner;
import dev.retouch.server.billing.FundingService;
import dev.retouch.server.billing.Money;
import dev.retouch.server.billing.RequestReusedException;
import dev.retouch.server.contract.BudgetsApiService;
import dev.retouch.server.contract.model.Funding;
import dev.retouch.server.key.Administration;

/** Implements {@code /admin/v1/…/budget}: shows and funds the budgets of keys and groups. */
public final class BudgetsDelegate implements BudgetsApiService {

    private final Administration administration;
    private final FundingService funding;
    private final AdminMapper documents;

    public BudgetsDelegate(Administration administration, FundingService funding, AdminMapper documents) {
        this.administration = administration;
        this.funding = funding;
        this.documents = documents;
    }

    @Override
    public Response fundGroup(String group, Funding document, @Nullable String idempotencyKey,
            ContainerRequestContext request) {
        return fund(BudgetOwner.ofGroup(administration.group(group).name()), document, idempotencyKey);
    }

    @Override
    public Response fundKey(String key, Funding document, @Nullable String idempotencyKey,
            ContainerRequestContext request) {
        return fund(BudgetOwner.ofKey(administration.key(key).rootKeyId()), document, idempotencyKey);
    }

    private Response fund(String owner, Funding document, @Nullable String idempotencyKey) {
        Optional<String> id = BookingKeys.of(idempotencyKey);
        Funding given = AdminMapper.given(document);
        String note = AdminMapper.note(given.getNote());
        Money amount = AdminMapper.money(given.getAmount(), "amount");
        try {
            FundingService.Funded funded = funding.fund(id, owner, amount, note);
            return BookingKeys.marked(Response.ok(documents.budget(Optional.of(funded.budget()))), funded.replayed())
                    .build();
        } catch (ArithmeticException e) {
            throw AdminMapper.tooLarge("amount");
        } catch (RequestReusedException e) {
            throw BookingKeys.reused(e);
        }
    }
}
