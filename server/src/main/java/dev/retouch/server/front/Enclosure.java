package dev.retouch.server.front;

import org.eclipse.jetty.server.Handler;

/**
 * What stands around everything that a gateway answers, for programs that have a gateway inside and want to watch it or to add
 * something before it. It is asked once, before the gateway listens. The gateway itself needs none.
 */
@FunctionalInterface
public interface Enclosure {

    /** Nothing around it. */
    Enclosure NONE = everything -> everything;

    /** The handler to take every request, which passes on to the given one what it does not answer itself. */
    Handler around(Handler everything);
}
