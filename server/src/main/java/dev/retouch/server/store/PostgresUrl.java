package dev.retouch.server.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A database's address as platforms hand it out ({@code postgresql://user:password@host:5432/name?sslmode=require}) or as
 * JDBC has it.
 *
 * @param jdbc the address for the driver, without user and password
 * @param user the user, where the address names one
 * @param password the password, where the address has one
 */
record PostgresUrl(String jdbc, Optional<String> user, Optional<String> password) {

    private static final String JDBC = "jdbc:";

    /** Reads an address; nothing of it is told where it is wrong, because a password may stand in it. */
    static PostgresUrl of(String text) {
        String plain = text.startsWith(JDBC) ? text.substring(JDBC.length()) : text;
        try {
            URI uri = new URI(plain);
            boolean known = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
            if (!known || uri.getRawAuthority() == null) {
                throw wrong();
            }
            String authority = uri.getRawAuthority();
            int at = authority.lastIndexOf('@');
            String[] login = at < 0 ? new String[0] : authority.substring(0, at).split(":", 2);
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            return new PostgresUrl(JDBC + "postgresql://" + authority.substring(at + 1) + uri.getRawPath() + query,
                    part(login, 0), part(login, 1));
        } catch (URISyntaxException e) {
            throw wrong();
        }
    }

    /** Never the password. */
    @Override
    public String toString() {
        return "PostgresUrl[user=" + user.orElse("") + "]";
    }

    private static Optional<String> part(String[] login, int index) {
        return login.length > index
                ? Optional.of(URLDecoder.decode(login[index].replace("+", "%2B"), StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private static IllegalArgumentException wrong() {
        return new IllegalArgumentException(
                "it must look like postgresql://user:password@host:5432/name");
    }
}
