package dev.retouch.server.api;

import java.util.Optional;

import jakarta.annotation.Priority;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;

import dev.retouch.server.api.ContractDocument.Security;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.key.Authenticator;
import dev.retouch.server.secret.Secret;

/**
 * Authenticates requests before their body is read. Rejects them with 401 without a valid API key or admin token. The status is 403 if the
 * group of the key may not edit, and 404 if the contract has no such path.
 *
 * <p>
 * A known path with an unknown method passes without authentication, because Jersey answers it with 405. An unknown path never
 * passes: Jersey matches more spellings of a path than the contract has, so an operation could run without a key.
 */
@PreMatching
@Priority(FilterPriorities.AUTHENTICATION)
public final class AuthenticationFilter implements ContainerRequestFilter {

    /** The request property that is true if a program on this machine sent the request without a proxy. */
    public static final String DIRECT_CLIENT = "dev.retouch.direct-client";

    /** The request property with the address of the peer. */
    public static final String PEER = "dev.retouch.peer";

    private static final String PRINCIPAL = "dev.retouch.principal";
    private static final String BEARER = "bearer ";
    /** Paths for which the group must be allowed to edit: edits and quotes. */
    private static final String IMAGES = "v1/images/";

    private final ContractDocument contract;
    private final Authenticator authenticator;
    private final AdminTokenCheck adminToken;
    private final Secret metricsToken;

    /**
     * Creates the filter.
     *
     * @param contract source of the security requirement of each operation
     * @param authenticator verifies API keys
     * @param adminToken compares the token of administrative operations; if administration is off, they answer 403
     * @param metricsToken token that reads metrics, beside the admin token; empty for none
     */
    public AuthenticationFilter(ContractDocument contract, Authenticator authenticator, AdminTokenCheck adminToken,
            Secret metricsToken) {
        this.contract = contract;
        this.authenticator = authenticator;
        this.adminToken = adminToken;
        this.metricsToken = metricsToken;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String path = request.getUriInfo().getPath(false);
        Optional<Security> security = contract.security(request.getMethod(), "/" + path);
        if (security.isEmpty()) {
            if (!contract.knows("/" + path)) {
                throw contract.pathBehind("/" + path)
                        .<RuntimeException>map(expected -> new ApiException(ErrorMessage.BASE_URL_IS_WRONG)
                                .withArgument("method", request.getMethod()).withArgument("path", "/" + path)
                                .withArgument("expected", expected))
                        .orElseGet(NotFoundException::new);
            }
            return;
        }
        Optional<String> authorization = Optional.ofNullable(request.getHeaderString(HttpHeaders.AUTHORIZATION));
        switch (security.get()) {
            case NONE -> {
                // public operation
            }
            case ADMIN -> requireAdminToken(authorization, String.valueOf(request.getProperty(PEER)));
            case METRICS -> requireMetricsToken(authorization, String.valueOf(request.getProperty(PEER)));
            case KEY -> {
                ApiPrincipal principal = authenticator.identify(authorization,
                        Boolean.TRUE.equals(request.getProperty(DIRECT_CLIENT)));
                Exchange.of(request).record().authenticated(principal.key().id(), principal.group().name());
                if (path.startsWith(IMAGES)) {
                    authenticator.authorize(principal);
                }
                request.setProperty(PRINCIPAL, principal);
            }
        }
    }

    /** Accepts the metrics token, and what administration accepts. */
    private void requireMetricsToken(Optional<String> authorization, String peer) {
        if (metricsToken.value().isEmpty()) {
            requireAdminToken(authorization, peer);
        } else if (token(authorization).filter(metricsToken::matches).isEmpty()) {
            requireToken(authorization, peer);
        }
    }

    private void requireAdminToken(Optional<String> authorization, String peer) {
        if (!adminToken.isOn()) {
            throw new ApiException(ErrorMessage.ADMINISTRATION_IS_OFF);
        }
        requireToken(authorization, peer);
    }

    private void requireToken(Optional<String> authorization, String peer) {
        if (token(authorization).filter(given -> adminToken.accepts(peer, given)).isEmpty()) {
            throw new ApiException(ErrorMessage.ADMIN_TOKEN_IS_WRONG);
        }
    }

    private static Optional<String> token(Optional<String> authorization) {
        return authorization.map(String::strip)
                .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(header -> header.substring(BEARER.length()).strip());
    }

    /**
     * Returns the principal of a request to an operation that requires an API key.
     *
     * @throws IllegalStateException if the operation requires none
     */
    static ApiPrincipal principalOf(ContainerRequestContext request) {
        if (request.getProperty(PRINCIPAL) instanceof ApiPrincipal principal) {
            return principal;
        }
        throw new IllegalStateException("The request has no principal");
    }

    /** Returns the key id of a request, or empty if it was not authenticated with an API key. */
    public static Optional<String> keyIdOf(ContainerRequestContext request) {
        return request.getProperty(PRINCIPAL) instanceof ApiPrincipal principal
                ? Optional.of(principal.key().id())
                : Optional.empty();
    }
}
