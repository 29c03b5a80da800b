package dev.retouch.server.api;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.FreeSpace;
import dev.retouch.server.admission.ServerCapacity;
import dev.retouch.server.api.ContractDocument.Security;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.intake.ContentLength;

/**
 * Admits authenticated requests before their body is read. Rejects them with 503 if the server is at capacity, with 415 without a
 * readable content type, and with 400 if {@code Accept} is malformed. The exchange releases the reserved capacity.
 */
@PreMatching
@Priority(FilterPriorities.ADMISSION)
public final class AdmissionFilter implements ContainerRequestFilter {

    private static final Set<String> METHODS_WITH_BODY = Set.of(HttpMethod.POST, HttpMethod.PATCH);

    /** RFC 9110, section 12.4.2. */
    private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");

    private final ContractDocument contract;
    private final ServerCapacity capacity;
    private final long maxBodyBytes;
    private final FreeSpace freeSpace;

    /**
     * Creates the filter.
     *
     * @param contract source of the operations
     * @param capacity requests and body bytes that this instance takes at once
     * @param maxBodyBytes longest body that the gateway reads, in bytes
     * @param freeSpace rejects bodies while the disk is nearly full
     */
    public AdmissionFilter(ContractDocument contract, ServerCapacity capacity, long maxBodyBytes,
            FreeSpace freeSpace) {
        this.contract = contract;
        this.capacity = capacity;
        this.maxBodyBytes = maxBodyBytes;
        this.freeSpace = freeSpace;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String path = "/" + request.getUriInfo().getPath(false);
        Optional<Security> security = contract.security(request.getMethod(), path);
        if (security.filter(Security.KEY::equals).isPresent()) {
            reserveCapacity(request);
            if (METHODS_WITH_BODY.contains(request.getMethod())) {
                freeSpace.require();
            }
        }
        if (security.isPresent() && contract.takesBody(request.getMethod(), path)
                && blank(request.getHeaderString(HttpHeaders.CONTENT_TYPE))) {
            throw new ApiException(ErrorMessage.CONTENT_TYPE_IS_MISSING);
        }
        requireReadableMediaTypes(request);
    }

    /**
     * Rejects a body whose announced length does not fit now. The reservation grows while the body is read. A body above the
     * maximum counts as the maximum, because its reader rejects it with 413.
     */
    private void reserveCapacity(ContainerRequestContext request) {
        long announced = ContentLength.of(request.getHeaderString(HttpHeaders.CONTENT_LENGTH));
        String key = AuthenticationFilter.principalOf(request).key().rootKeyId();
        Exchange.of(request).attachReservation(capacity.enter(key, Math.min(announced, maxBodyBytes)));
    }

    /** Rejects malformed media types here, because Jersey would answer them with a status and no error envelope. */
    private static void requireReadableMediaTypes(ContainerRequestContext request) {
        if (!hasReadableContentType(request)) {
            throw new ApiException(ErrorMessage.CONTENT_TYPE_IS_NOT_SUPPORTED).withArgument("type",
                    request.getHeaderString(HttpHeaders.CONTENT_TYPE));
        }
        try {
            request.getAcceptableMediaTypes();
        } catch (ProcessingException e) {
            throw new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).withArgument("reason",
                    "its Accept header is not a list of media types");
        }
    }

    /** Jersey reads a weight also in a content type, where it means nothing, and fails if it is not a weight. */
    private static boolean hasReadableContentType(ContainerRequestContext request) {
        try {
            MediaType type = request.getMediaType();
            String weight = type == null ? null : type.getParameters().get("q");
            return weight == null || WEIGHT.matcher(weight).matches();
        } catch (ProcessingException e) {
            return false;
        }
    }

    private static boolean blank(@Nullable String header) {
        return header == null || header.isBlank();
    }
}
