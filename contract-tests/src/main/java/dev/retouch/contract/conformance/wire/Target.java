package dev.retouch.contract.conformance.wire;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * The endpoint that is looked at, and a key that it should know.
 *
 * @param base what paths such as {@code images/edits} are below of, without a slash at its end
 */
public record Target(URI base, String key) {

    /** Of an address as people give it: with or without {@code /v1}. */
    public static Target of(String address, String key) {
        URI uri;
        try {
            uri = new URI(address.strip().replaceFirst("/+$", ""));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + address + "' is no address: " + e.getReason());
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new IllegalArgumentException("'" + address + "' is no http or https address, such as"
                    + " http://127.0.0.1:8080 or https://api.openai.com/v1.");
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("A base URL has no user, query or fragment.");
        }
        return new Target(uri.getRawPath().isEmpty() ? URI.create(uri + "/v1") : uri, key);
    }

    /** An address below the base. */
    public URI at(String path) {
        return URI.create(base + "/" + path);
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "Target[" + base + "]";
    }
}
