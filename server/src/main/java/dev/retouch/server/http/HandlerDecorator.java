package dev.retouch.server.http;

import org.eclipse.jetty.server.Handler;

/**
 * Wraps the handler chain, for a program that embeds the gateway and adds handlers. Called once, before the
 * server starts.
 */
@FunctionalInterface
public interface HandlerDecorator {

    /** Adds nothing. */
    HandlerDecorator NONE = everything -> everything;

    /**
     * Returns the first handler of the chain. It must pass each request that it does not handle to the given handler.
     */
    Handler around(Handler everything);
}
