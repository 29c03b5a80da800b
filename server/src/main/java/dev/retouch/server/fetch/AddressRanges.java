package dev.retouch.server.fetch;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonCreator;

/**
 * Address ranges from a setting, separated by commas.
 *
 * @param ranges the ranges
 */
public record AddressRanges(List<AddressRange> ranges) {

    /** Copies the list. */
    public AddressRanges {
        ranges = List.copyOf(ranges);
    }

    /** Parses {@code 203.0.113.0/24, 2001:db8::/32}; an empty text is an empty list. */
    @JsonCreator
    public static AddressRanges parse(String text) {
        return new AddressRanges(Stream.of(text.split(",", -1)).map(String::strip).filter(item -> !item.isEmpty())
                .map(AddressRange::parse).toList());
    }

    static AddressRanges of(String... texts) {
        return new AddressRanges(Stream.of(texts).map(AddressRange::parse).toList());
    }

    /** Whether an address is in a range. */
    boolean contain(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }
}
