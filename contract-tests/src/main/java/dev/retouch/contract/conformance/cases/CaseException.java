package dev.retouch.contract.conformance.cases;

/** Thrown for a mistake in a file of cases, with its place in the file. */
public final class CaseException extends RuntimeException {

    public CaseException(String message) {
        super(message);
    }
}
