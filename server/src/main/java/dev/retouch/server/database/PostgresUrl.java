package dev.retouch.server.database;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The address of a PostgreSQL database, parsed from {@code postgresql://user:password@host:5432/name?sslmode=require}
 * or from a JDBC URL.
 *
 * @param jdbc the JDBC URL without user and password
 * @param user the user; empty if the address has none
 * @param password the password; empty if the address has none
 */
record PostgresUrl(String jdbc, Optional<String> user, Optional<String> password) {

    private static final String JDBC = "jdbc:";
    private static final Set<String> LOGIN = Set.of("user", "password");

    /** Parses an address. Error messages never quote it, because it may contain a password. */
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
            Map<String, String> settings = settings(uri.getRawQuery());
            Optional<String> user = part(login, 0).or(() -> taken(settings, "user"));
            Optional<String> password = part(login, 1).or(() -> taken(settings, "password"));
            settings.keySet().removeAll(LOGIN);
            if (authority.contains(",")) { // after a failover, the first server may be a standby
                settings.putIfAbsent("targetServerType", "targetServerType=primary");
            }
            return new PostgresUrl(JDBC + "postgresql://" + authority.substring(at + 1) + uri.getRawPath()
                    + settings.values().stream().collect(Collectors.joining("&", settings.isEmpty() ? "" : "?", "")),
                    user, password);
        } catch (URISyntaxException e) {
            throw wrong();
        }
    }

    /** Omits the password. */
    @Override
    public String toString() {
        return "PostgresUrl[user=" + user.orElse("") + "]";
    }

    private static Optional<String> part(String[] login, int index) {
        return login.length > index ? Optional.of(decoded(login[index])) : Optional.empty();
    }

    /** The query parameters, each as {@code name=value}, by name. */
    private static Map<String, String> settings(@Nullable String query) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (query != null) {
            for (String setting : query.split("&")) {
                settings.put(setting.split("=", 2)[0], setting);
            }
        }
        return settings;
    }

    private static Optional<String> taken(Map<String, String> settings, String name) {
        return Optional.ofNullable(settings.get(name)).flatMap(setting -> part(setting.split("=", 2), 1));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong();
        }
    }

    private static IllegalArgumentException wrong() {
        return new IllegalArgumentException(
                "it must look like postgresql://user:password@host:5432/name");
    }
}
