package dev.retouch.server.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Resolves host names. May block. Called once for each host of a URL or a redirect. */
@FunctionalInterface
public interface DnsResolver {

    /** All addresses of a host, at least one. */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** The resolver of the operating system, through the JDK and its cache. */
    static DnsResolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
