package io.holdfast.app;

import io.holdfast.transactions.Database;
import io.holdfast.transactions.TransactionSettings;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.util.function.Supplier;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Finds what the container has under a JNDI name when it is first needed: a database may come later than the gateway. */
final class ContainerObjects {
    private static final String THREADS = "java:comp/DefaultManagedThreadFactory";
    private static final String REGISTRY = "java:comp/TransactionSynchronizationRegistry";

    private ContainerObjects() {}

    /** The registry of the container's transactions. */
    static Supplier<Object> transactionRegistry() {
        return once(
                REGISTRY,
                "This server has no transactions for applications. Add a feature that has them, such as jdbc-4.3");
    }

    static Database database(TransactionSettings settings) {
        Supplier<Object> found = once(
                settings.dataSource(),
                "There is no data source " + settings.dataSource() + ". Define it in the server's configuration, or"
                        + " correct " + TransactionSettings.KEY);
        return () -> {
            if (found.get() instanceof DataSource source) {
                return source.getConnection();
            }
            throw new IllegalStateException(
                    TransactionSettings.KEY + ": " + settings.dataSource() + " is not a data source");
        };
    }

    /**
     * Makes threads with the context of the module on whose thread it is looked up. An injected one has another in Liberty, where
     * Bean Validation is not enabled.
     *
     * @param injected where nothing can be looked up
     */
    static ManagedThreadFactory threadFactory(ManagedThreadFactory injected) {
        try {
            return (ManagedThreadFactory) lookup(THREADS, "This server has no managed threads");
        } catch (IllegalStateException e) {
            return injected;
        }
    }

    private static Supplier<Object> once(String name, String whenAbsent) {
        return new Supplier<>() {
            private volatile @Nullable Object found;

            @Override
            public Object get() {
                Object known = found;
                if (known == null) {
                    known = lookup(name, whenAbsent);
                    found = known;
                }
                return known;
            }
        };
    }

    /** The names are those of the server's configuration and of the platform, never a stranger's. */
    @SuppressWarnings("BanJNDI")
    private static Object lookup(String name, String whenAbsent) {
        try {
            return new InitialContext().lookup(name);
        } catch (NamingException e) {
            throw new IllegalStateException(whenAbsent, e);
        }
    }
}
