package io.holdfast.app;

import io.holdfast.cleanup.Sleeper;
import io.holdfast.delivery.commit.Delivery;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/** Learns that the process is going to end, in whichever ways this server and JVM offer, and has the gateway drained first. */
@ApplicationScoped
class ProcessEnd {
    private final StopSettings settings;
    private final Stopping stopping;
    private @Nullable LibertyStop liberty;
    private @Nullable StopSignals signals;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected ProcessEnd() {
        settings = null;
        stopping = null;
    }

    @Inject
    ProcessEnd(Delivery delivery, Configuration configuration, @Readiness StopReadiness readiness) {
        settings = configuration.stop();
        stopping = new Stopping(
                settings,
                configuration.delivery().drainTimeout(),
                readiness::stops,
                () -> delivery.stats().connections().active(),
                delivery::drain,
                Sleeper.REAL);
    }

    /** Called by the life cycle, when the gateway has started. */
    void watch() {
        liberty = LibertyStop.hold(ProcessEnd.class.getClassLoader(), stopping);
        boolean handle = switch (settings.signals()) {
            case LIBERTY -> liberty != null;
            case ALWAYS -> true;
            case NEVER -> false;
        };
        if (handle) {
            signals = StopSignals.take(stopping);
        }
    }

    /** Undeployed, and the process goes on. Where it is about to end, a second signal must still end it at once. */
    void forget() {
        if (stopping.hasBegun()) {
            return;
        }
        if (signals != null) {
            signals.release();
        }
        if (liberty != null) {
            liberty.release();
        }
    }
}
