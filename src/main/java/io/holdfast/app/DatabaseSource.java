package io.holdfast.app;

import java.sql.SQLException;
import java.util.Map;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Finds the database: by a data source of the container, or by a URL. The engine keeps the connections. */
final class DatabaseSource {
    /** Properties of the driver, unless the URL sets them. The time limits are for connecting; then the engine sets its own. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "ApplicationName", "holdfast",
            "connectTimeout", "5",
            "loginTimeout", "10",
            "socketTimeout", "10",
            "tcpKeepAlive", "true",
            "targetServerType", "primary");

    private DatabaseSource() {}

    /**
     * Does not connect yet.
     *
     * @throws ConfigurationException if the container has no such data source, or the URL is not one
     */
    static DataSource of(EngineSettings settings) {
        return settings.url() == null ? lookUp(settings.datasource()) : direct(settings, settings.url());
    }

    /** The name comes from the server's configuration. */
    @SuppressWarnings("BanJNDI")
    private static DataSource lookUp(String name) {
        try {
            return InitialContext.doLookup(name);
        } catch (NamingException | ClassCastException e) {
            throw new ConfigurationException(
                    "holdfast.engine.datasource",
                    name,
                    "the JNDI name of a data source in server.xml; or set holdfast.engine.url (docs/postgresql.md). Cause: "
                            + e);
        }
    }

    private static DataSource direct(EngineSettings settings, String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
            for (Map.Entry<String, String> each : DEFAULTS.entrySet()) {
                if (!url.contains(each.getKey() + "=")) {
                    source.setProperty(each.getKey(), each.getValue());
                }
            }
        } catch (IllegalArgumentException | SQLException e) {
            throw new ConfigurationException("holdfast.engine.url", url, "a URL of PostgreSQL's JDBC driver");
        }
        if (settings.user() != null) {
            source.setUser(settings.user());
        }
        source.setPassword(settings.password());
        return source;
    }
}
