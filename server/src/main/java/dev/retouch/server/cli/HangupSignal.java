package dev.retouch.server.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an action at each SIGHUP, which otherwise ends the process. Uses the JDK's signal classes by reflection, because the compiler warns
 * of any direct use.
 */
final class HangupSignal {

    private static final Logger LOG = LoggerFactory.getLogger(HangupSignal.class);

    private HangupSignal() {}

    /** Runs the action on a thread of the JVM. Does nothing on systems without this signal. */
    static void handle(Runnable action) {
        InvocationHandler calls = (_, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return method.invoke(action, arguments);
            }
            action.run();
            return null;
        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(HangupSignal.class.getClassLoader(), new Class<?>[]{handler}, calls);
            signal.getMethod("handle", signal, handler).invoke(null,
                    signal.getConstructor(String.class).newInstance("HUP"), proxy);
        } catch (ReflectiveOperationException e) {
            LOG.debug("no signal HUP on this system", e);
        }
    }
}
