package dev.retouch.server.http;

/** Thrown if certificate files cannot be read or do not match. */
public final class InvalidCertificateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidCertificateException(String message, Throwable cause) {
        super(message, cause);
    }
}
