package io.holdfast.app;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Drains the gateway at SIGTERM and SIGINT, and then does what the JVM would have done at once. A second signal ends the process at
 * once. The JVM's interface for that, {@code sun.misc}, is in every JDK but not a part of Java, so it is used by reflection.
 *
 * <p>State: one gateway of a process has the signals, noted as a system property; the others are drained when the server stops.
 *
 * <p>Threads: the JVM makes one for each signal, which may wait.
 */
final class StopSignals {
    private static final Logger LOG = Logger.getLogger(StopSignals.class.getName());
    private static final String HELD = "io.holdfast.stop.signals";
    private static final String PACKAGE = "sun.misc.";
    private static final String SOON = "INT";

    /** By custom the exit code of a process that a signal ended is this and the signal's number. */
    private static final int SIGNALLED = 128;

    /** A terminal sends Ctrl-C to all, and a program that started this one may pass it on: that is one signal, not two. */
    private static final long TWIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Stopping stopping;
    private final Class<?> type;
    private final Method handle;
    private final Method handler;
    private final Object own;
    private final Map<Object, Object> before = new ConcurrentHashMap<>();

    /** When the first signal came; null before. */
    private final AtomicReference<@Nullable Long> told = new AtomicReference<>();

    /** Undeployed under the handler of somebody else, who may still call. */
    private volatile boolean retired;

    /** Where the handler before this one runs. */
    private volatile @Nullable Thread ending;

    private StopSignals(Stopping stopping) throws ReflectiveOperationException {
        this.stopping = stopping;
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        type = Class.forName(PACKAGE + "Signal", true, platform);
        Class<?> handlers = Class.forName(PACKAGE + "SignalHandler", true, platform);
        handle = type.getMethod("handle", type, handlers);
        handler = handlers.getMethod("handle", type);
        own = Callback.of(handlers, this::received);
    }

    /** @return null if another gateway of this process has the signals, or the JVM does not give them */
    static @Nullable StopSignals take(Stopping stopping) {
        if (System.getProperties().putIfAbsent(HELD, Boolean.TRUE.toString()) != null) {
            return null;
        }
        StopSignals signals = null;
        try {
            signals = new StopSignals(stopping);
            signals.take("TERM");
            signals.take(SOON);
            return signals;
        } catch (ReflectiveOperationException e) {
            LOG.log(
                    Level.WARNING,
                    "A signal ends this process without a drain: the JVM lets nobody handle it",
                    cause(e));
            if (signals == null) {
                System.clearProperty(HELD);
            }
            return signals;
        }
    }

    private void take(String name) throws ReflectiveOperationException {
        Constructor<?> maker = type.getConstructor(String.class);
        Object signal = maker.newInstance(name);
        Object previous = replace(signal, own);
        if (previous == handler.getDeclaringClass().getField("SIG_IGN").get(null)) {
            replace(signal, previous); // a process in the background, say, that Ctrl-C is not meant for
        } else {
            before.put(signal, previous);
        }
    }

    /** @return what handled the signal so far */
    private Object replace(Object signal, Object by) throws ReflectiveOperationException {
        return handle.invoke(null, signal, by);
    }

    private void received(Object signal) {
        Object previous = before.get(signal);
        if (retired) {
            pass(signal, previous);
        } else if (Thread.currentThread() != ending) { // some JVMs call the newest handler from the one before it
            end(signal, previous);
        }
    }

    private void end(Object signal, @Nullable Object previous) {
        int code = SIGNALLED + number(signal);
        long now = System.nanoTime();
        @Nullable Long first = told.compareAndExchange(null, now);
        if (first != null) {
            if (now - first > TWIN_NANOS) {
                LOG.log(ConsoleLevel.SEEN, "{0}, the second signal: the process ends at once", signal);
                Runtime.getRuntime().halt(code);
            }
            return;
        }
        LOG.log(
                ConsoleLevel.SEEN,
                "{0}: Holdfast drains, then the server stops. A second signal ends it at once",
                signal);
        if (signal.toString().endsWith(SOON)) {
            stopping.drainNow();
        } else {
            stopping.drain();
        }
        ending = Thread.currentThread();
        pass(signal, previous);
        System.exit(code);
    }

    private int number(Object signal) {
        try {
            return (int) type.getMethod("getNumber").invoke(signal);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void pass(Object signal, @Nullable Object previous) {
        try {
            handler.invoke(previous, signal);
        } catch (ReflectiveOperationException | RuntimeException e) { // the default has no handler in Java
            LOG.log(Level.FINE, "The handler before this one", e);
        }
    }

    /** Gives the signals back. */
    void release() {
        try {
            for (Map.Entry<Object, Object> each : before.entrySet()) {
                Object current = replace(each.getKey(), each.getValue());
                if (current != own) {
                    retired = true;
                    replace(each.getKey(), current);
                }
            }
        } catch (ReflectiveOperationException e) {
            retired = true;
            LOG.log(Level.WARNING, "The signals could not be given back to the JVM", cause(e));
        }
        System.clearProperty(HELD);
    }

    private static Throwable cause(ReflectiveOperationException e) {
        return e instanceof InvocationTargetException thrown ? thrown.getTargetException() : e;
    }
}
