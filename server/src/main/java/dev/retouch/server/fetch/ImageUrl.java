package dev.retouch.server.fetch;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL to fetch. It is parsed twice, with a strict pattern and by the JDK, and rejected if the two disagree about the
 * host. Most ways around an SSRF guard use two parsers that read one text differently.
 *
 * @param secure whether the scheme is https
 * @param host the host
 * @param port the port
 * @param uri the whole URL without its fragment, as sent by the HTTP client
 */
record ImageUrl(boolean secure, HostName host, int port, URI uri) {

    private static final int MAX_CHARACTERS = 8192;
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");
    private static final Pattern FORM = Pattern.compile(
            "(?<scheme>https?)://(?<authority>[^/?#]*)(?<path>[^?#]*)(?<query>\\?[^#]*)?(?:#.*)?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern AUTHORITY = Pattern.compile("(?<host>\\[[^]]*]|[^:]*)(?::(?<port>[0-9]{1,5}))?");

    /** Parses a URL sent by a client. */
    static ImageUrl parse(String text) throws FetchException {
        refuseCharacters(text);
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw FetchException.badUrl("expected http:// or https:// and a host");
        }
        String authority = form.group("authority");
        if (authority.indexOf('@') >= 0) {
            throw FetchException.badUrl("it carries credentials; give a URL without a user name and password");
        }
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            throw invalidHost();
        }
        HostName host = HostName.parse(parts.group("host")).orElseThrow(ImageUrl::invalidHost);
        String scheme = form.group("scheme").toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        int port = port(parts.group("port"), secure);
        String path = form.group("path").isEmpty() ? "/" : form.group("path");
        String query = form.group("query") == null ? "" : form.group("query");
        return new ImageUrl(secure, host, port, uri(scheme, host, port, path + query));
    }

    /** The target of a redirect from this URL. */
    ImageUrl redirect(String location) throws FetchException {
        try {
            refuseCharacters(location);
            if (SCHEME.matcher(location).matches()) {
                return checkedRedirect(parse(location));
            }
            // the JDK resolves a bare query against the folder instead of the file
            String absolute = location.startsWith("?")
                    ? origin() + uri.getRawPath() + location
                    : uri.resolve(new URI(location)).toString();
            return checkedRedirect(parse(absolute));
        } catch (URISyntaxException e) {
            throw FetchException.failed("its host redirects to something that is not a URL");
        }
    }

    private ImageUrl checkedRedirect(ImageUrl target) throws FetchException {
        if (secure && !target.secure) {
            throw FetchException.failed("its host redirects from https to http");
        }
        return target;
    }

    private String origin() {
        return origin(secure ? "https" : "http", host, port);
    }

    private static String origin(String scheme, HostName host, int port) {
        return scheme + "://" + host + ":" + port;
    }

    private static void refuseCharacters(String text) throws FetchException {
        if (text.length() > MAX_CHARACTERS) {
            throw FetchException.badUrl("it is longer than " + MAX_CHARACTERS + " characters");
        }
        if (text.chars().anyMatch(character -> character <= ' ' || character > '~' || character == '\\')) {
            throw FetchException
                    .badUrl("it has characters that a URL cannot have; percent-encode them, and write hosts in ASCII");
        }
    }

    private static int port(String text, boolean secure) throws FetchException {
        if (text == null) {
            return secure ? 443 : 80;
        }
        int port = Integer.parseInt(text);
        if (port < 1 || port > 65_535) {
            throw FetchException.badUrl("its port is not one of 1 to 65535");
        }
        return port;
    }

    private static URI uri(String scheme, HostName host, int port, String pathAndQuery) throws FetchException {
        try {
            URI uri = new URI(origin(scheme, host, port) + pathAndQuery);
            boolean agreed = host.toString().equals(uri.getHost()) && uri.getPort() == port
                    && uri.getRawUserInfo() == null;
            if (!agreed) {
                throw invalidHost();
            }
            return uri;
        } catch (URISyntaxException e) {
            throw FetchException.badUrl("it is not a valid URL; percent-encode what is not a letter or digit");
        }
    }

    private static FetchException invalidHost() {
        return FetchException.badUrl("its host is neither a name nor an address in its usual form");
    }
}
