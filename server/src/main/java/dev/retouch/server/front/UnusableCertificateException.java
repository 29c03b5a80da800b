package dev.retouch.server.front;

/** The files of a certificate cannot be read, or do not belong together. */
public final class UnusableCertificateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableCertificateException(String message, Throwable cause) {
        super(message, cause);
    }
}
