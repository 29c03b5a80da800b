package dev.retouch.server.fetch;

import java.net.InetAddress;

/**
 * A range of addresses with a common prefix.
 *
 * @param first any address of the range
 * @param bits the length of the prefix in bits
 */
record AddressRange(InetAddress first, int bits) {

    /** Rejects a prefix longer than the address. */
    AddressRange {
        int max = first.getAddress().length * Byte.SIZE;
        if (bits < 0 || bits > max) {
            throw new IllegalArgumentException("'/" + bits + "' is not a prefix of 0 to " + max + " bits");
        }
    }

    /** Parses {@code 10.0.0.0/8}, {@code fc00::/7} or a single address. */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        try {
            InetAddress first = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int bits = slash < 0
                    ? first.getAddress().length * Byte.SIZE
                    : Integer.parseInt(text.substring(slash + 1));
            return new AddressRange(first, bits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a range of addresses; write it like 203.0.113.0/24 or 2001:db8::/32", e);
        }
    }

    /** Whether an address is in the range. */
    boolean contains(InetAddress address) {
        byte[] wanted = first.getAddress();
        byte[] given = address.getAddress();
        if (wanted.length != given.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += Byte.SIZE) {
            int mask = 0xff << Math.max(0, Byte.SIZE - (bits - bit));
            if (((wanted[bit / Byte.SIZE] ^ given[bit / Byte.SIZE]) & mask & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }
}
