package dev.retouch.server.api;

import java.time.Duration;
import java.util.Objects;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.contract.KeysApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.KeyChangeDto;
import dev.retouch.server.contract.model.NewKeyDto;
import dev.retouch.server.contract.model.Rotation;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.IssuedKey;
import dev.retouch.server.key.KeyChange;
import dev.retouch.server.key.NewKey;

/** Implements {@code /admin/v1/keys}, and {@code GET /v1/key} for the key of the request. */
public final class KeysDelegate implements KeysApiService {

    private final Administration administration;
    private final AdminMapper documents;

    public KeysDelegate(Administration administration, Ledger ledger, String currency) {
        this.administration = administration;
        this.documents = new AdminMapper(ledger, currency);
    }

    @Override
    public Response getOwnKey(ContainerRequestContext request) {
        return Response.ok(documents.ownKey(AuthenticationFilter.principalOf(request))).build();
    }

    @Override
    public Response listKeys(@Nullable String group, @Nullable String limit, @Nullable String after,
            ContainerRequestContext request) {
        return administration
                .keys(group == null || group.isEmpty() ? null : group, ListParameters.given(after),
                        ListParameters.limit(limit, Integer.MAX_VALUE))
                .map(page -> Response.ok(documents.keys(page)).build())
                .orElseThrow(() -> ListParameters.unknownAfter("API key"));
    }

    @Override
    public Response createKey(NewKeyDto document, ContainerRequestContext request) {
        NewKeyDto wanted = AdminMapper.given(document);
        if (wanted.getGroup() == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, "group");
        }
        IssuedKey issued = administration.createKey(new NewKey(wanted.getGroup(),
                Objects.requireNonNullElse(wanted.getLabel(), ""), AdminMapper.instant(wanted.getExpiresAt()),
                Objects.requireNonNullElse(AdminMapper.limits(wanted.getLimits()), AdmissionLimits.NONE),
                AdminMapper.firstBudget(wanted.getBudget())));
        return Response.status(Response.Status.CREATED).entity(documents.issued(issued)).build();
    }

    @Override
    public Response getKey(String key, ContainerRequestContext request) {
        return Response.ok(documents.key(administration.key(key))).build();
    }

    @Override
    public Response updateKey(String key, KeyChangeDto document, ContainerRequestContext request) {
        KeyChangeDto change = AdminMapper.given(document);
        Long expires = change.getExpiresAt();
        return Response.ok(documents.key(administration.updateKey(key,
                new KeyChange(change.getLabel(), change.getDisabled(),
                        expires == null
                                ? null
                                : new KeyChange.Expiry(AdminMapper.instant(expires)),
                        AdminMapper.limits(change.getLimits())))))
                .build();
    }

    @Override
    public Response revokeKey(String key, ContainerRequestContext request) {
        return Response.ok(documents.key(administration.revokeKey(key))).build();
    }

    @Override
    public Response rotateKey(String key, Rotation document, ContainerRequestContext request) {
        Long grace = AdminMapper.given(document).getGraceSeconds();
        if (grace != null && grace < 0) {
            throw AdminMapper.wrong("grace_seconds", "it must not be below zero");
        }
        IssuedKey issued = administration.rotateKey(key, Duration.ofSeconds(grace == null ? 0 : grace));
        return Response.status(Response.Status.CREATED).entity(documents.issued(issued)).build();
    }
}
