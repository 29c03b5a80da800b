package dev.retouch.server.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Owner;
import dev.retouch.server.contract.BudgetsApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.Funding;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.Administration;

/** {@code /admin/v1/…/budget}: money for keys and groups. */
public final class BudgetsDelegate implements BudgetsApiService {

    private static final int LONGEST_NOTE = 200;

    private final Administration administration;
    private final AdminDocuments documents;

    /** Funds the budgets in this ledger. */
    public BudgetsDelegate(Administration administration, Ledger ledger, String currency) {
        this.administration = administration;
        this.documents = new AdminDocuments(ledger, currency);
    }

    @Override
    public Response fundGroup(String group, Funding funding, ContainerRequestContext request) {
        return fund(Owner.ofGroup(administration.group(group).name()), funding);
    }

    @Override
    public Response fundKey(String key, Funding funding, ContainerRequestContext request) {
        return fund(Owner.ofKey(administration.key(key).account()), funding);
    }

    private Response fund(String owner, Funding document) {
        Funding funding = AdminDocuments.given(document);
        String note = funding.getNote() == null ? "" : funding.getNote();
        int length = note.codePointCount(0, note.length());
        if (length > LONGEST_NOTE) {
            throw new ApiException(ErrorMessage.STRING_IS_TOO_LONG, "note").with("maximum", LONGEST_NOTE)
                    .with("length", length);
        }
        AdminDocuments.money(funding.getAmount(), "amount");
        documents.fund(owner, funding.getAmount(), "amount", note);
        return Response.ok(documents.budget(owner)).build();
    }
}
