package dev.retouch.server.api;

/**
 * Defines the order of the request filters: Jersey runs the filter with the lowest number first. The order decides which error a
 * client gets if a request has several faults.
 */
public final class FilterPriorities {

    /** Begins the record of an edit, so that it has every refusal. */
    public static final int RECORD = -1000;
    /** Refuses writing requests while the gateway shuts down: 503. */
    public static final int SHUTDOWN = 0;
    /** Identifies the principal: 401, 403 and 404. */
    public static final int AUTHENTICATION = 1000;
    /** Reserves server capacity and checks media types: 503, 400 and 415. */
    public static final int ADMISSION = 2000;

    private FilterPriorities() {}
}
