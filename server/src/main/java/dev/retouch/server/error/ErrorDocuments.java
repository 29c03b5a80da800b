package dev.retouch.server.error;

import java.util.Optional;

import dev.retouch.server.contract.model.ErrorDetail;
import dev.retouch.server.contract.model.ErrorEnvelope;
import dev.retouch.server.contract.model.ErrorType;

/** The one envelope of errors, wherever it is written: as an answer, as an event of a stream, or as the end of a task. */
public final class ErrorDocuments {

    private final ErrorCatalogue catalogue;

    /** Documents by the contract's catalogue. */
    public ErrorDocuments(ErrorCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** How a failure of the contract is told. */
    public ErrorEnvelope of(ApiException failure) {
        ErrorRule rule = catalogue.ruleOf(failure);
        return new ErrorEnvelope().error(new ErrorDetail().message(catalogue.textOf(failure)).type(rule.type())
                .param(catalogue.paramOf(failure).orElse(null)).code(rule.code().getValue()));
    }

    /** How what an upstream said is told. */
    public ErrorEnvelope of(RelayedErrorException refusal) {
        Optional<String> param = refusal.param();
        return new ErrorEnvelope().error(new ErrorDetail().message(refusal.message()).type(family(refusal.type()))
                .param(param.orElse(null)).code(refusal.code().orElse(null)));
    }

    /** An upstream may know families that the contract does not. */
    private static ErrorType family(String type) {
        try {
            return ErrorType.fromValue(type);
        } catch (IllegalArgumentException e) {
            return ErrorType.INVALID_REQUEST_ERROR;
        }
    }
}
