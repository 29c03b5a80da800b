package dev.retouch.server.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.SQLExceptionOverride;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.postgresql.ds.PGSimpleDataSource;

/** How connections to a PostgreSQL server are opened, and which limits their sessions have. */
final class PostgresServer {

    private static final Duration CONNECT = Duration.ofSeconds(3);

    private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(3);

    /** How long the server keeps a session that is idle in a transaction, such as that of a frozen instance. */
    static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

    /** Longer than the time limits of a session, so that the server ends a statement before the connection is given up. */
    static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

    /**
     * Limits of a session. A backend never waits long for a lock, or for a client that is gone. An instance that freezes in a transaction
     * loses its locks. {@code synchronous_commit} is switched on, so that a confirmed write is on disk whatever the server's default is.
     * Settings that the server does not know are left out, and one that some systems refuse.
     */
    private static final String SESSION = """
            SELECT set_config(s.name, wanted.value, false) FROM pg_settings s JOIN (VALUES ('lock_timeout', '3s'),
                ('statement_timeout', '9s'), ('idle_in_transaction_session_timeout', '%ds'),
                ('client_connection_check_interval', '1s'), ('tcp_keepalives_idle', '15'),
                ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3'), ('synchronous_commit', 'on'))
                AS wanted (name, value)
                ON s.name = wanted.name
            WHERE (s.name <> 'synchronous_commit' OR s.setting = 'off')
                AND (s.name <> 'client_connection_check_interval' OR version() LIKE '%%linux%%')"""
            .formatted(IDLE_TIMEOUT.toSeconds());

    private final PostgresUrl url;

    PostgresServer(PostgresUrl url) {
        this.url = url;
    }

    /** Configures a pool of connections for statements. */
    void configure(HikariConfig config) {
        config.setJdbcUrl(url.jdbc());
        url.user().ifPresent(config::setUsername);
        url.password().ifPresent(config::setPassword);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setValidationTimeout(Duration.ofSeconds(1).toMillis());
        config.setMinimumIdle(2);
        // row locks are enough only if a statement that waited for a lock sees the newest version of the row
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(SESSION);
        config.setExceptionOverride(new ReadOnlyEviction());
        properties(SOCKET_TIMEOUT).forEach((name, value) -> config.addDataSourceProperty((String) name, value));
    }

    /** Connections for heartbeats. They fail soon, and have no time limits on the server. */
    DataSource heartbeatSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url.jdbc());
        url.user().ifPresent(source::setUser);
        url.password().ifPresent(source::setPassword);
        int seconds = Math.toIntExact(HEARTBEAT_TIMEOUT.toSeconds());
        source.setConnectTimeout(seconds);
        source.setSocketTimeout(seconds);
        source.setApplicationName("retouch heartbeat");
        return source;
    }

    /** Opens a connection outside of the pool. */
    Connection open(Duration socketTimeout) throws SQLException {
        Properties properties = properties(socketTimeout);
        url.user().ifPresent(user -> properties.setProperty("user", user));
        url.password().ifPresent(password -> properties.setProperty("password", password));
        return DriverManager.getConnection(url.jdbc(), properties);
    }

    /** Lets migrations open separate connections without time limits, because a migration may take long. */
    void configure(FluentConfiguration migrations) {
        migrations.dataSource(url.jdbc(), url.user().orElse(null), url.password().orElse(null));
    }

    private static Properties properties(Duration socketTimeout) {
        Properties properties = new Properties();
        properties.setProperty("socketTimeout", Long.toString(socketTimeout.toSeconds()));
        properties.setProperty("connectTimeout",
                Long.toString(Math.min(CONNECT.toSeconds(), socketTimeout.toSeconds())));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "retouch");
        return properties;
    }

    /** Removes the connections to a server that has become a standby. The driver's other failures are known to the pool. */
    private static final class ReadOnlyEviction implements SQLExceptionOverride {

        @java.lang.Override
        public Override adjudicate(SQLException failure) {
            return "25006".equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
        }
    }
}
