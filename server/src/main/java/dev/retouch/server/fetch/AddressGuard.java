package dev.retouch.server.fetch;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Decides to which addresses the gateway may connect for a client. IPv4 ranges are those of the IANA special-purpose
 * address registry (iana-ipv4-special-registry, RFC 6890 and its updates), multicast (RFC 5771) and the class E block.
 * For IPv6 only global unicast, 2000::/3 (RFC 4291 section 2.4), can be permitted, without the special-purpose ranges
 * within it (iana-ipv6-special-registry). This excludes loopback, unique-local, link-local, site-local, multicast,
 * IPv4-mapped and IPv4-compatible addresses and both NAT64 prefixes.
 *
 * <p>Ranges that embed an IPv4 address (6to4, Teredo, ISATAP) are refused as a whole instead of being unwrapped. No
 * image is served from them, and a wrong unwrapping would be a vulnerability.
 */
final class AddressGuard {

    private static final AddressRanges REFUSED_IPV4 = AddressRanges.of(
            "0.0.0.0/8", // this network
            "10.0.0.0/8", // private
            "100.64.0.0/10", // carrier-grade NAT; Alibaba's metadata is 100.100.100.200
            "127.0.0.0/8", // loopback
            "169.254.0.0/16", // link-local; nearly every cloud's metadata is 169.254.169.254
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments; Oracle's metadata is 192.0.0.192
            "192.0.2.0/24", // documentation
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16", // private
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, with the broadcast address
            "168.63.129.16"); // Azure's platform services: a public address that routes to the requesting host

    private static final AddressRanges GLOBAL_IPV6 = AddressRanges.of("2000::/3");

    private static final AddressRanges REFUSED_IPV6 = AddressRanges.of(
            "2001::/23", // protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4
            "3ffe::/16", // 6bone, returned to IANA
            "3fff::/20"); // documentation

    /** Ranges permitted for a host inside the network. All other refused ranges stay refused for it. */
    private static final AddressRanges INTERNAL = AddressRanges.of("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
            "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7");

    /** Metadata services within the ranges that are permitted for a host inside the network. */
    private static final AddressRanges METADATA = AddressRanges.of(
            "100.100.100.200", // Alibaba
            "fd00:ec2::254", // AWS
            "fd00:42::42", // Scaleway
            "fd20:ce::254"); // Google

    private final AddressRanges alsoDenied;

    /** Creates a guard that refuses further ranges. */
    AddressGuard(AddressRanges alsoDenied) {
        this.alsoDenied = alsoDenied;
    }

    /** Whether the gateway may connect to this address for any client. */
    boolean permits(InetAddress address) {
        return publicAddress(address) && !alsoDenied.contain(address);
    }

    /** Whether a host configured as inside the network may have this address. */
    boolean permitsInside(InetAddress address) {
        boolean inside = INTERNAL.contain(address) && !METADATA.contain(address);
        return (inside || publicAddress(address)) && !alsoDenied.contain(address);
    }

    private static boolean publicAddress(InetAddress address) {
        if (address instanceof Inet4Address) {
            return !REFUSED_IPV4.contain(address);
        }
        return GLOBAL_IPV6.contain(address) && !REFUSED_IPV6.contain(address) && !isatap(address.getAddress());
    }

    /** ISATAP (RFC 5214): the interface identifier is 0000:5efe or 0200:5efe and then an IPv4 address. */
    private static boolean isatap(byte[] address) {
        return (address[8] & ~0x02) == 0 && address[9] == 0 && address[10] == 0x5e && address[11] == (byte) 0xfe;
    }
}
