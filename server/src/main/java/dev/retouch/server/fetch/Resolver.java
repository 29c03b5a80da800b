package dev.retouch.server.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks names up. May block, and is called once for each host that a URL or a redirect names. */
@FunctionalInterface
public interface Resolver {

    /** Every address of a name, at least one. */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** The resolver of the operating system, through the JDK and its cache. */
    static Resolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
