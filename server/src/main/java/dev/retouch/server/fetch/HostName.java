package dev.retouch.server.fetch;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The host of a URL in a canonical form: a DNS name in lower-case ASCII, four decimal numbers, or an IPv6 address in
 * brackets. Rejects every other form that a resolver or another parser could read as an address: {@code 127.1},
 * {@code 0x7f000001}, {@code 2130706433}, {@code 0177.0.0.1}, a trailing dot, a zone id, percent-encoding and
 * full-width digits.
 */
final class HostName {

    private static final int MAX_CHARACTERS = 253;
    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
    private static final Pattern NUMBER_AT_END = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]{2,45}]");

    private final String text;
    private final @Nullable InetAddress literal;

    private HostName(String text, @Nullable InetAddress literal) {
        this.text = text;
        this.literal = literal;
    }

    /** Parses a host; empty if it has no accepted form. */
    static Optional<HostName> parse(String given) {
        String text = given.toLowerCase(Locale.ROOT);
        if (text.length() > MAX_CHARACTERS) {
            return Optional.empty();
        }
        if (IPV6.matcher(text).matches()) {
            return ipv6(text.substring(1, text.length() - 1));
        }
        if (IPV4.matcher(text).matches()) {
            return Optional.of(new HostName(text, InetAddress.ofLiteral(text)));
        }
        boolean name = NAME.matcher(text).matches() && !NUMBER_AT_END.matcher(text).matches();
        return name ? Optional.of(new HostName(text, null)) : Optional.empty();
    }

    /**
     * Parses an IPv6 literal. IPv4-mapped addresses are rejected here, because the JDK turns them into IPv4 addresses.
     */
    private static Optional<HostName> ipv6(String text) {
        try {
            return InetAddress.ofLiteral(text) instanceof Inet6Address address
                    ? Optional.of(new HostName("[" + address.getHostAddress() + "]", address))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The address, if the host is a literal. */
    Optional<InetAddress> literal() {
        return Optional.ofNullable(literal);
    }

    /** The host as written in a URL. */
    @Override
    public String toString() {
        return text;
    }
}
