package io.holdfast.app;

import java.util.Dictionary;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds up the stop of Liberty until the gateway is drained, however the server was told to stop: by {@code server stop}, by a
 * signal, by an exit. Liberty tells applications when it has cut their connections. Its framework tells such a hook that it is
 * going to stop before everybody else, on the thread that stops it, and goes on when the hook returns. The interface is OSGi's, which
 * applications do not see, so it is used by reflection.
 */
final class LibertyStop {
    private static final Logger LOG = Logger.getLogger(LibertyStop.class.getName());
    private static final String OF_LIBERTY = "com.ibm.ws.";
    private static final String OSGI = "org.osgi.framework.";

    /** {@code BundleEvent.STOPPING}. */
    private static final int STOPPING = 0x100;

    /** The framework's own. */
    private static final long SYSTEM_BUNDLE = 0;

    private final ClassLoader framework;
    private final Object registration;

    private LibertyStop(ClassLoader framework, Object registration) {
        this.framework = framework;
        this.registration = registration;
    }

    /**
     * @param ofApplication whose class is a class of Liberty if the server is
     * @return null if the server is not Liberty, or not like those that are known
     */
    static @Nullable LibertyStop hold(ClassLoader ofApplication, Stopping stopping) {
        ClassLoader ofServer = ofApplication.getClass().getClassLoader();
        try {
            if (ofServer == null) {
                return null;
            }
            Object bundle = ofServer.getClass().getMethod("getBundle").invoke(ofServer);
            ClassLoader framework = bundle.getClass().getClassLoader();
            Class<?> bundles = of(framework, "Bundle");
            if (!String.valueOf(bundles.getMethod("getSymbolicName").invoke(bundle))
                    .startsWith(OF_LIBERTY)) {
                return null;
            }
            Class<?> events = of(framework, "BundleEvent");
            Class<?> hooks = of(framework, "hooks.bundle.EventHook");
            Object hook = Callback.of(hooks, event -> {
                if (isStop(event, events, bundles)) {
                    stopping.drain();
                }
            });
            Object context = bundles.getMethod("getBundleContext").invoke(bundle);
            Object registration = of(framework, "BundleContext")
                    .getMethod("registerService", String.class, Object.class, Dictionary.class)
                    .invoke(context, hooks.getName(), hook, null);
            return new LibertyStop(framework, registration);
        } catch (NoSuchMethodException e) {
            return null; // a class loader of another server
        } catch (ReflectiveOperationException | RuntimeException e) { // whatever it is, the gateway starts
            LOG.log(Level.WARNING, "This server cannot be told to drain before it stops; POST /api/drain does", e);
            return null;
        }
    }

    private static Class<?> of(ClassLoader framework, String name) throws ClassNotFoundException {
        return Class.forName(OSGI + name, true, framework);
    }

    private static boolean isStop(Object event, Class<?> events, Class<?> bundles) {
        try {
            Object bundle = events.getMethod("getBundle").invoke(event);
            return events.getMethod("getType").invoke(event).equals(STOPPING)
                    && bundles.getMethod("getBundleId").invoke(bundle).equals(SYSTEM_BUNDLE);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The stop does not wait for this gateway any more. */
    void release() {
        try {
            of(framework, "ServiceRegistration").getMethod("unregister").invoke(registration);
        } catch (ReflectiveOperationException e) {
            LOG.log(Level.FINE, "The framework has ended", e);
        }
    }
}
