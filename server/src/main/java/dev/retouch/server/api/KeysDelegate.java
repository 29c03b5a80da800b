package dev.retouch.server.api;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Owner;
import dev.retouch.server.contract.KeysApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.KeyChange;
import dev.retouch.server.contract.model.KeyList;
import dev.retouch.server.contract.model.NewKey;
import dev.retouch.server.contract.model.Rotation;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.IssuedKey;
import dev.retouch.server.policy.RoomLimits;

/** {@code /admin/v1/keys}. */
public final class KeysDelegate implements KeysApiService {

    private final Administration administration;
    private final AdminDocuments documents;

    /** Administers keys; their budgets are in this ledger. */
    public KeysDelegate(Administration administration, Ledger ledger, String currency) {
        this.administration = administration;
        this.documents = new AdminDocuments(ledger, currency);
    }

    @Override
    public Response listKeys(@Nullable String group, ContainerRequestContext request) {
        List<ApiKey> keys = group == null || group.isEmpty() ? administration.keys() : administration.keys(group);
        return Response.ok(new KeyList()._object(KeyList.ObjectEnum.LIST)
                .data(keys.stream().map(documents::key).toList())).build();
    }

    @Override
    public Response createKey(NewKey document, ContainerRequestContext request) {
        NewKey wanted = AdminDocuments.given(document);
        if (wanted.getGroup() == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, "group");
        }
        if (wanted.getBudget() != null) {
            AdminDocuments.money(wanted.getBudget(), "budget"); // before anything is made
        }
        IssuedKey issued = administration.createKey(new dev.retouch.server.key.NewKey(wanted.getGroup(),
                Objects.requireNonNullElse(wanted.getLabel(), ""), AdminDocuments.instant(wanted.getExpiresAt()),
                Objects.requireNonNullElse(AdminDocuments.limits(wanted.getLimits()), RoomLimits.NONE)));
        documents.fund(Owner.ofKey(issued.key().account()), wanted.getBudget(), "budget", "made with it");
        return Response.status(Response.Status.CREATED).entity(documents.issued(issued)).build();
    }

    @Override
    public Response getKey(String key, ContainerRequestContext request) {
        return Response.ok(documents.key(administration.key(key))).build();
    }

    @Override
    public Response updateKey(String key, KeyChange document, ContainerRequestContext request) {
        KeyChange change = AdminDocuments.given(document);
        Long expires = change.getExpiresAt();
        return Response.ok(documents.key(administration.updateKey(key,
                new dev.retouch.server.key.KeyChange(change.getLabel(), change.getDisabled(),
                        expires == null
                                ? null
                                : new dev.retouch.server.key.KeyChange.Expiry(AdminDocuments.instant(expires)),
                        AdminDocuments.limits(change.getLimits())))))
                .build();
    }

    @Override
    public Response revokeKey(String key, ContainerRequestContext request) {
        return Response.ok(documents.key(administration.revokeKey(key))).build();
    }

    @Override
    public Response rotateKey(String key, Rotation document, ContainerRequestContext request) {
        Long grace = AdminDocuments.given(document).getGraceSeconds();
        if (grace != null && grace < 0) {
            throw AdminDocuments.wrong("grace_seconds", "it must not be below zero");
        }
        IssuedKey issued = administration.rotateKey(key, Duration.ofSeconds(grace == null ? 0 : grace));
        return Response.status(Response.Status.CREATED).entity(documents.issued(issued)).build();
    }
}
