package dev.retouch.server.error;

import java.util.Optional;

import dev.retouch.server.contract.model.ErrorDetail;
import dev.retouch.server.contract.model.ErrorEnvelope;
import dev.retouch.server.contract.model.ErrorType;

/** Creates the error envelope, the same in a response, in a stream event and in a failed task. */
public final class ErrorEnvelopes {

    private final ErrorCatalogue catalogue;

    /** Creates envelopes with the rules of a catalogue. */
    public ErrorEnvelopes(ErrorCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** Returns the envelope of a failure. */
    public ErrorEnvelope of(ApiException failure) {
        ErrorRule rule = catalogue.ruleOf(failure);
        return new ErrorEnvelope().error(new ErrorDetail().message(catalogue.textOf(failure)).type(rule.type())
                .param(catalogue.paramOf(failure).orElse(null)).code(rule.code().getValue()));
    }

    /** Returns the envelope of an upstream's refusal. */
    public ErrorEnvelope of(UpstreamRefusalException refusal) {
        Optional<String> param = refusal.param();
        return new ErrorEnvelope().error(new ErrorDetail().message(refusal.message()).type(family(refusal.type()))
                .param(param.orElse(null)).code(refusal.code().orElse(null)));
    }

    /** an upstream may use types that the contract does not have */
    private static ErrorType family(String type) {
        try {
            return ErrorType.fromValue(type);
        } catch (IllegalArgumentException e) {
            return ErrorType.INVALID_REQUEST_ERROR;
        }
    }
}
