package dev.retouch.contract.conformance.cases;

/** A mistake in a file of cases, with its place, for whoever wrote it. */
public final class CaseException extends RuntimeException {

    public CaseException(String message) {
        super(message);
    }
}
