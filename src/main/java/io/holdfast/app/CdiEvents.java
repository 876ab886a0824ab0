package io.holdfast.app;

import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.EventSink;
import jakarta.enterprise.inject.spi.BeanManager;

/** Delivery events as CDI events; on the events' own thread. */
final class CdiEvents implements EventSink {
    private final BeanManager beans;

    CdiEvents(BeanManager beans) {
        this.beans = beans;
    }

    @Override
    public boolean fire(DeliveryEvent event) {
        if (beans.resolveObserverMethods(event).isEmpty()) {
            return false;
        }
        beans.getEvent().fire(event);
        return true;
    }
}
